"""Days: when the daily allowance starts again. [DAILY-RESET]"""

from functools import lru_cache

from .behaviour import Behaviour
from .clock import DAY, SECOND, Instant


def day(now: Instant, behaviour: Behaviour) -> int:
    """Return the number of the day that `now` falls into."""
    return (now - _reset(behaviour.daily_reset)) // DAY


def next_day(now: Instant, behaviour: Behaviour) -> Instant:
    """Return when the next day begins."""
    return (day(now, behaviour) + 1) * DAY + _reset(behaviour.daily_reset)


@lru_cache
def _reset(daily_reset: str) -> Instant:
    hours, minutes = daily_reset.split(":")
    return (int(hours) * 60 + int(minutes)) * 60 * SECOND
