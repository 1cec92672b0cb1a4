"""Servers with one deviation each, one file a theme: classes, and tables where only a value differs."""
