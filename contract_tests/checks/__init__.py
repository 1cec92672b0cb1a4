"""The conformance tests and their helpers."""
