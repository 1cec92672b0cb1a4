"""Recordings of a service: their files, what must not be in them, and how they are made."""
