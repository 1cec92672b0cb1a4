"""Servers with one deviation each, a file a theme."""
