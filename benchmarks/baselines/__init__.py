"""Programs to compare with, which answer the same calls and do less."""
