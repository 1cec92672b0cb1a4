"""The names of keys. What stands in braces decides on the hash slot: what has to change in one step shares it."""

PREFIX = "aiimage"


def key(slot: str, *names: str) -> str:
    """Return a key, as aiimage:{slot}:name."""
    return ":".join((PREFIX, f"{{{slot}}}", *names))
