"""A black-box conformance suite for the AI Image API."""
