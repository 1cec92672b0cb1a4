"""Proving a client: its tests, or a command, again under other readings of the documentation and with failures."""
