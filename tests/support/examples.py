"""The number of examples that hypothesis draws."""

from hypothesis import settings


def examples(thorough: int) -> int:
    """Return the number of examples for a test: `thorough` with the profile ci, and a quarter of it otherwise."""
    return max(1, thorough * settings().max_examples // 100)
