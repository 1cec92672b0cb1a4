"""A second implementation of the API, nothing of it from the mock, and servers made of it that are wrong in one way."""
