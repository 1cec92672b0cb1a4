"""A stateful mock server of the AI Image API."""

__version__ = "0.1.0"
