"""Ledgers: what there is, how heavy each is, and when it was last used. They say what must go to make room."""

from collections.abc import Sequence
from dataclasses import dataclass

from .keys import key
from .line import Command
from .scripts import STRIKE, TOUCH, WEIGH


@dataclass(frozen=True, slots=True)
class Ledger:
    """The commands about one ledger.

    most: how many there may be; capacity: how heavy all together; lifetime: in milliseconds, after which what is not
    used is struck; prefix: of the keys that go with what is let go of, "" for none: those in the ledger's own slot.
    """

    name: str
    most: int
    capacity: int
    lifetime: int
    prefix: str = ""

    def weigh(self, name: str, weight: int, now: int) -> Command:
        """Enter something as used now; the reply is what has to go, which is struck already."""
        limits = self.most, self.capacity
        return WEIGH(self._keys, name, weight, now, self.lifetime, *limits, self.prefix)

    def touch(self, name: str, now: int) -> Command:
        """Enter that something was used now, if it is there."""
        return TOUCH((self._keys[0],), name, now)

    def strike(self, name: str) -> Command:
        """Strike something out."""
        return STRIKE(self._keys, name, self.prefix)

    def names(self, now: int) -> Command:
        """Ask for the names, the one longest not used first."""
        return ("ZRANGEBYSCORE", self._keys[0], now - self.lifetime * 1000, "+inf")

    def count(self, now: int) -> Command:
        """Ask how many there are."""
        return ("ZCOUNT", self._keys[0], now - self.lifetime * 1000, "+inf")

    @property
    def _keys(self) -> tuple[str, ...]:
        return key(self.name, "used"), key(self.name, "weights"), key(self.name, "held")


def names_in(reply: Sequence[bytes]) -> list[str]:
    """Return the names in a reply."""
    return [name.decode() for name in reply]
