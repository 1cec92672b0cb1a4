"""The numbers and names of the documentation, each in one place, with its rule in brackets."""

LOCK_SECONDS = 10.0  # [LOCK-10S]
LOCK_MS = int(LOCK_SECONDS * 1000)
LOCK_TOLERANCE = 0.25  # how far a measured life of a lock may be off, in seconds
CREDITS_PER_IMAGE = 1  # [CREDIT-COST]
RECENT_IMAGES = 10  # the longest list of recent images [RECENT-10]
# A generation runs, credits are used up, the daily limit is reached [LOCK-ONE, CREDIT-419, DAILY-429].
ACCOUNT_REFUSALS = frozenset({409, 419, 429})


def price(images: int) -> int:
    """Return the price of `images` images in credits [CREDIT-COST]."""
    return images * CREDITS_PER_IMAGE


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 credit", "2 credits". many: the plural, if it is not `one` with an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
