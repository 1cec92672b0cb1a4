"""Valkey's clock, as this process can follow it between two replies."""

from mock_server.domain.clock import Clock, Instant


class FollowingClock:
    """The clock of this machine, set by what replies tell. However it is set, it never runs backwards.

    A reply tells what time it was there at some moment between the question and the answer. So the clock is right
    to within the time that they took, and is corrected by no more than what it is certainly wrong by.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._ahead = 0
        self._last = 0

    def now(self) -> Instant:
        """Return the present instant, no two times the same."""
        self._last = max(self._last + 1, self._own.now() + self._ahead)
        return self._last

    async def sleep_until(self, instant: Instant) -> None:
        """Return when `instant` has come, as far as is known now."""
        await self._own.sleep_until(instant - self._ahead)

    def own(self) -> Instant:
        """Return what this machine's own clock shows."""
        return self._own.now()

    def follow(self, told: Instant, asked: Instant) -> None:
        """Take note of a reply. told: the time in it; asked: what `own` showed before the question."""
        self._ahead = min(max(self._ahead, told - self._own.now()), told - asked)
