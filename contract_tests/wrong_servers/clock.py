"""The time of one account: real, or stopped and moved by hand."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Condition

DAY = 24 * 60 * 60 * 1000


def wall() -> int:
    return time.time_ns() // 1_000_000


def stamp(instant: int) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant_of(text: str) -> int:
    """The instant that ISO 8601 with a time zone names, or a ValueError."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return round(moment.timestamp() * 1000)


class Clock:
    """Instants are whole milliseconds since 1970."""

    def __init__(self, source: Callable[[], int] = wall) -> None:
        self._source = source
        self._ahead = 0
        self._stopped: int | None = None
        self._awaited: list[int] = []
        self._changed = Condition()

    @property
    def frozen(self) -> bool:
        return self._stopped is not None

    @property
    def awaited(self) -> list[int]:
        """The instants that somebody waits for."""
        with self._changed:
            return sorted(self._awaited)

    def now(self) -> int:
        return self._source() + self._ahead if self._stopped is None else self._stopped

    @contextmanager
    def reached(self, instant: int) -> Iterator[None]:
        """Wait for an instant. Who moves the clock beyond it waits until the block is left."""
        with self._changed:
            self._awaited.append(instant)
            while (now := self.now()) < instant:
                self._changed.wait(None if self.frozen else (instant - now) / 1000)
        try:
            yield
        finally:
            with self._changed:
                self._awaited.remove(instant)
                self._changed.notify_all()

    def freeze(self) -> None:
        with self._changed:
            self._stopped = self.now()

    def run(self) -> None:
        """Let time go on from where it stands."""
        with self._changed:
            self._ahead, self._stopped = self.now() - self._source(), None
            self._changed.notify_all()

    def move_to(self, instant: int) -> None:
        """Set the time; what is awaited before that happens first, in order, each at its own instant."""
        with self._changed:
            while due := [each for each in self._awaited if each <= instant]:
                first = min(due)
                self._set(max(first, self.now()))
                self._changed.wait_for(lambda first=first: first not in self._awaited)  # type: ignore[misc]
            self._set(instant)

    def _set(self, instant: int) -> None:
        if self._stopped is None:
            self._ahead = instant - self._source()
        else:
            self._stopped = instant
        self._changed.notify_all()
