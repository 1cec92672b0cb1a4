"""What the documentation says: its facts, its document, its rules, and an oracle that is written from them."""
