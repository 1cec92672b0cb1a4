"""Other mock servers, as npm has them."""
