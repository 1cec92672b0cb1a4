"""Proving a client: under every reading of the documentation, and with every failure that can happen to it."""
