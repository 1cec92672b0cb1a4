"""How fast time passes: as on the wall clock, or faster."""

import time
from threading import Condition


class Pace:
    """A clock that runs `factor` times as fast as the wall clock, from the present on."""

    def __init__(self, factor: float = 1) -> None:
        self.factor = factor
        self._origin, self._start = time.time(), time.monotonic()

    def seconds(self) -> float:
        return (time.monotonic() - self._start) * self.factor

    def sleep(self, seconds: float) -> None:
        time.sleep(max(0, seconds) / self.factor)

    def wait(self, changed: Condition, seconds: float | None) -> None:
        """Wait for a change, at most so long if seconds are given; the caller holds the condition."""
        changed.wait(None if seconds is None else seconds / self.factor)

    def now(self) -> float:
        """Return the present instant in seconds since 1970."""
        return self.wall_ms() / 1000

    def wall_ms(self) -> int:
        return int((self._origin + self.seconds()) * 1000)
