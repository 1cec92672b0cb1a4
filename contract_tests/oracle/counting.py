"""Numbers with what they count, as people say it."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 credit", "2 credits". many: where it is not `one` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
