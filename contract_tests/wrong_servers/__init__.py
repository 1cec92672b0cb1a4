"""A second implementation of the API, independent of the mock, and servers based on it, each wrong in one way."""
