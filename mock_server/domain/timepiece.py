"""The clock of a world: the server's clock, shifted or frozen. Pure values; nothing here waits."""

import msgspec
from msgspec.structs import replace

from .clock import Instant


class Timepiece(msgspec.Struct, frozen=True):
    """The time of a world, derived from that of the server. ahead: shift in microseconds; stopped: the instant at which
    it is frozen, None while it runs.
    """

    ahead: int = 0
    stopped: Instant | None = None

    def at(self, real: Instant) -> Instant:
        """Return the world's time when the server's is `real`."""
        return real + self.ahead if self.stopped is None else self.stopped

    def reached(self, instant: Instant) -> Instant | None:
        """Return the server's time when the world's will be `instant`, None if it is frozen."""
        return instant - self.ahead if self.stopped is None else None

    def set(self, instant: Instant, real: Instant) -> "Timepiece":
        """Return the clock set to `instant` when the server's time is `real`, running or frozen as before."""
        return Timepiece(instant - real) if self.stopped is None else replace(self, stopped=instant)

    def frozen(self, real: Instant) -> "Timepiece":
        """Return the clock frozen at its present time."""
        return Timepiece(0, self.at(real))

    def running(self, real: Instant) -> "Timepiece":
        """Return the clock running from its present time."""
        return Timepiece(self.at(real) - real)
