"""One run of the suite: its command, its settings, its plan, and what comes of it."""
