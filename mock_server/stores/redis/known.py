"""The worlds that this process saw last, so that what has not changed need not come again."""

from collections import OrderedDict

from ..protocol import Found

_NOTHING = Found(None, 0)


class Known:
    """Worlds as they were found, at most so many, weighing at most so much together: the one longest not asked for
    goes first.
    """

    def __init__(self, most: int = 500, capacity: int = 16 * 2**20) -> None:
        self._most = most
        self._capacity = capacity
        self._held = 0
        self._worlds: OrderedDict[str, tuple[Found, int]] = OrderedDict()

    def get(self, name: str) -> Found:
        """Return a world as it was last found, or that there was nothing."""
        found, _ = self._worlds.get(name, (_NOTHING, 0))
        if found is not _NOTHING:
            self._worlds.move_to_end(name)
        return found

    def put(self, name: str, found: Found, weight: int) -> None:
        """Remember a world. weight: in bytes, about."""
        self.forget(name)
        self._worlds[name] = found, weight
        self._held += weight
        while len(self._worlds) > self._most or self._held > self._capacity:
            self.forget(next(iter(self._worlds)))

    def forget(self, name: str) -> None:
        """Let go of a world."""
        self._held -= self._worlds.pop(name, (_NOTHING, 0))[1]
