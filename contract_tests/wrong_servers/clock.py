"""The time of one account: at some pace, or frozen and moved on request."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Condition

from contract_tests.wrong_servers.pace import Pace

DAY = 24 * 60 * 60 * 1000


def stamp(instant: int) -> str:
    """Return an instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant_of(text: str) -> int:
    """Parse ISO 8601 with a time zone; raise ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return round(moment.timestamp() * 1000)


class Clock:
    """Instants are whole milliseconds since 1970."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._ahead = 0
        self._frozen_at: int | None = None
        self._awaited: list[int] = []
        self._changed = Condition()

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    @property
    def awaited(self) -> list[int]:
        """Return the instants that requests wait for, sorted."""
        with self._changed:
            return sorted(self._awaited)

    def now(self) -> int:
        return self._pace.wall_ms() + self._ahead if self._frozen_at is None else self._frozen_at

    @contextmanager
    def reached(self, instant: int) -> Iterator[None]:
        """Wait for an instant. A `move_to` beyond it returns after the block has ended."""
        with self._changed:
            self._awaited.append(instant)
            while (now := self.now()) < instant:
                self._pace.wait(self._changed, None if self.frozen else (instant - now) / 1000)
        try:
            yield
        finally:
            with self._changed:
                self._awaited.remove(instant)
                self._changed.notify_all()

    def freeze(self) -> None:
        with self._changed:
            self._frozen_at = self.now()

    def run(self) -> None:
        """Let time pass again, from the present instant."""
        with self._changed:
            self._ahead, self._frozen_at = self.now() - self._pace.wall_ms(), None
            self._changed.notify_all()

    def move_to(self, instant: int) -> None:
        """Set the time; requests that wait for an earlier instant finish first, in order, each at its own instant."""
        with self._changed:
            while due := [each for each in self._awaited if each <= instant]:
                first = min(due)
                # A clock that runs may have passed that instant already, and must not go back.
                self._set(max(first, self.now()))
                self._changed.wait_for(lambda first=first: first not in self._awaited)  # type: ignore[misc]
            self._set(instant)

    def _set(self, instant: int) -> None:
        if self._frozen_at is None:
            self._ahead = instant - self._pace.wall_ms()
        else:
            self._frozen_at = instant
        self._changed.notify_all()
