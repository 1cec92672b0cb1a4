"""The documentation as facts, document and rules, and an oracle that is written from the facts."""
