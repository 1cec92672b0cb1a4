"""Valkey's clock, as a process follows it between two replies."""

from mock_server.domain.clock import Clock, Instant


class FollowingClock:
    """The clock of this machine, corrected by the time in replies to within the time that a reply takes. It never runs
    backwards.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._ahead = 0
        self._last = 0

    def now(self) -> Instant:
        """Return the present instant; each call returns a later one."""
        self._last = max(self._last + 1, self._own.now() + self._ahead)
        return self._last

    async def sleep_until(self, instant: Instant) -> None:
        """Return when `instant` has come, as far as is known now."""
        await self._own.sleep_until(instant - self._ahead)

    def own(self) -> Instant:
        """Return the time of this machine's own clock."""
        return self._own.now()

    def follow(self, reported: Instant, sent: Instant) -> None:
        """Correct the clock by the time in a reply. sent: what `own` returned before the command."""
        # Valkey read its clock between command and reply, so both are bounds; a guess within them stays as it is.
        self._ahead = min(max(self._ahead, reported - self._own.now()), reported - sent)
