"""The reports of a run: on the terminal, in files, for GitHub."""
