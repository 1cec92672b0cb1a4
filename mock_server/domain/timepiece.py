"""The clock of a world: the server's own, moved or stopped. Pure values; nothing here waits."""

import msgspec
from msgspec.structs import replace

from .clock import Instant


class Timepiece(msgspec.Struct, frozen=True):
    """How a world's time follows from the server's. ahead: by how much, in microseconds; stopped: where it stands
    still, None while it runs.
    """

    ahead: int = 0
    stopped: Instant | None = None

    def at(self, real: Instant) -> Instant:
        """Return the world's time when the server's is `real`."""
        return real + self.ahead if self.stopped is None else self.stopped

    def reached(self, instant: Instant) -> Instant | None:
        """Return the server's time at which the world's will be `instant`, None if it stands still."""
        return instant - self.ahead if self.stopped is None else None

    def set(self, instant: Instant, real: Instant) -> "Timepiece":
        """Return it as showing `instant` when the server's time is `real`, running or stopped as before."""
        return Timepiece(instant - real) if self.stopped is None else replace(self, stopped=instant)

    def frozen(self, real: Instant) -> "Timepiece":
        """Return it as standing still where it is."""
        return Timepiece(0, self.at(real))

    def running(self, real: Instant) -> "Timepiece":
        """Return it as running on from where it is."""
        return Timepiece(self.at(real) - real)
