"""The numbers of the documentation, each with its rule, and how a number is written."""

LOCK_SECONDS = 10.0
TOLERANCE = 0.25


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 credit", "2 credits". many: where it is not `one` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
