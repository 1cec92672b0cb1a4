"""JSON pointers [RFC 6901] into the file of an exchange."""

from collections.abc import Iterable


def pointer(*steps: str | int) -> str:
    """Return the pointer of a path."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def steps_of(text: str) -> tuple[str, ...]:
    """Return the path of a pointer."""
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:])


def without_numbers(text: str) -> str:
    """Return a pointer with * for each number, as all entries of a list have it."""
    return pointer(*_stars(steps_of(text)))


def _stars(steps: Iterable[str]) -> Iterable[str]:
    return ("*" if step.isdigit() else step for step in steps)
