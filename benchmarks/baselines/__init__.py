"""Programs to compare with: they answer the same calls and do less."""
