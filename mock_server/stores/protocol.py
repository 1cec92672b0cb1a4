"""What every store can do."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import msgspec

from mock_server.domain.clock import Instant
from mock_server.domain.entry import Entry
from mock_server.domain.world import World

T = TypeVar("T")
Change = Callable[[World | None, Instant], tuple[World, T]]

Tally = Mapping[tuple[str, int, str | None], int]


class StoreUnavailableError(Exception):
    """What is kept cannot be reached, or changed, now. The message says where and why, and gives no secret away.

    Nobody was told that anything was done; whether it was may be unknown.
    """


class Found(msgspec.Struct, frozen=True):
    """A world as a store has it, None if there is none yet, and the time on the store's clock when it was read.

    stamp: what the store knows this state by.
    """

    world: World | None
    at: Instant
    stamp: bytes = b""


class Store(Protocol):
    """Worlds by name, and the time: it comes from one place, whoever asks. Every call may raise StoreUnavailableError.

    kind: what the control API calls it, "memory" or "redis".
    """

    kind: str

    async def read(self, name: str) -> Found:
        """Return the world as it is."""
        ...

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        """Replace the world by what `change` makes of it and of the time, atomically, and return the outcome.

        `change` must be pure: it may be called again when somebody else was faster. found: the world as it was just
        read; it saves reading it again, and who was faster is noticed all the same.
        """
        ...

    async def delete(self, name: str) -> None:
        """Let go of the world, if there is one."""
        ...

    async def names(self) -> Sequence[str]:
        """Return the names of all worlds, the one longest not used first."""
        ...

    async def count(self) -> int:
        """Return how many worlds there are."""
        ...


class Journal(Protocol):
    """Entries by world, a checked ring each, and how often each operation was answered how."""

    async def append(self, entry: Entry) -> None:
        """Keep the entry, and count it."""
        ...

    async def entries(self, world: str | None = None) -> Sequence[Entry]:
        """Return the entries of a world, or of all, in the order in which the requests came."""
        ...

    async def entry(self, number: str) -> Entry | None:
        """Return the entry with that id, or None if there is none or no longer."""
        ...

    async def tally(self, world: str) -> Tally:
        """Return how many requests of a world there were by operation, status and rule, also of those let go.

        The operation of a request that is for none is "".
        """
        ...

    async def restore(self, world: str, entries: Sequence[Entry], tally: Tally) -> None:
        """Have these entries and counts for a world, and no other."""
        ...

    async def forget(self, world: str | None = None) -> None:
        """Let go of the entries and counts of a world, or of all."""
        ...


class Shelf(Protocol[T]):
    """Values by key, written once. A checked shelf lets go of what was longest not asked for."""

    async def get(self, key: str) -> T | None:
        """Return the value, or None if there is none or no longer."""
        ...

    async def put(self, key: str, value: T) -> None:
        """Keep the value."""
        ...


class Bus(Protocol):
    """Messages between the processes that share the state, on this machine and on others.

    A message may be lost: the truth is in the store.
    """

    def attach(self, on_message: Callable[[bytes], None], on_connected: Callable[[], None]) -> None:
        """Call `on_message` with each message of another process, and `on_connected` each time that there is a
        connection: messages before that may have been missed.
        """
        ...

    async def connect(self) -> None:
        """Keep a connection from now on; return when it is made or the first attempt failed."""
        ...

    async def subscribe(self, channel: str) -> None:
        """Receive the messages of a channel, also of later connections. Raise StoreUnavailableError."""
        ...

    def unsubscribe(self, channel: str) -> None:
        """Receive no more messages of a channel."""
        ...

    async def publish(self, channel: str, message: bytes) -> int:
        """Return how many processes receive the message. Raise StoreUnavailableError."""
        ...
