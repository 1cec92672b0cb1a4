"""Identifiers of a recording and those in their place in its reissue, by the field that holds them."""

from collections.abc import Hashable


class Bindings:
    """Values of each field, bound one to one: equal ones stay equal, different ones different.

    Equal values of different fields have nothing to do with each other.
    """

    def __init__(self) -> None:
        self._forth: dict[tuple[str, Hashable], Hashable] = {}
        self._back: dict[tuple[str, Hashable], Hashable] = {}

    def bind(self, field: str, recorded: Hashable, reissued: Hashable) -> bool:
        """Bind two values; return whether that agrees with what was bound before, which stays."""
        there, back = self._forth.get((field, recorded)), self._back.get((field, reissued))
        if there is None and back is None:
            self._forth[field, recorded], self._back[field, reissued] = reissued, recorded
            return True
        return there == reissued and back == recorded

    def reissued(self, field: str, recorded: Hashable) -> Hashable | None:
        """Return the value in place of a recorded one, None if it is not bound."""
        return self._forth.get((field, recorded))

    def recorded(self, field: str, reissued: Hashable) -> Hashable | None:
        """Return the recorded value behind one of the reissue, None if it is not bound."""
        return self._back.get((field, reissued))
