"""The protocol of every store."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import msgspec

from mock_server.domain.clock import Clock, Instant
from mock_server.domain.entry import Entry
from mock_server.domain.world import World

T = TypeVar("T")
Change = Callable[[World | None, Instant], tuple[World, T]]

Tally = Mapping[tuple[str, int, str | None], int]


class StoreUnavailableError(Exception):
    """The state cannot be read or changed now. The message has its address and the cause, without a secret.

    The outcome of the call may be unknown.
    """


class Found(msgspec.Struct, frozen=True):
    """A world as stored, None if there is none yet, and the time of the store's clock when it was read.

    stamp: identifies this state in the store.
    """

    world: World | None
    at: Instant
    stamp: bytes = b""


class Store(Protocol):
    """Worlds by name. The store supplies the time, too. Every call may raise StoreUnavailableError.

    kind: its name in the control API, "memory" or "redis".
    """

    kind: str

    async def read(self, name: str) -> Found:
        """Return the world as it is."""
        ...

    async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
        """Replace the world by the one that `change` returns for it and the time, atomically, and return the outcome.

        `change` must be pure: it is called again when another update was first. found: the world as it was just read,
        which saves reading it again; an update that was first is detected nevertheless.
        """
        ...

    async def delete(self, name: str) -> None:
        """Delete the world, if there is one."""
        ...

    async def names(self) -> Sequence[str]:
        """Return the names of all worlds, least recently used first."""
        ...

    async def count(self) -> int:
        """Return how many worlds there are."""
        ...


class Journal(Protocol):
    """Entries by world, a bounded ring each, and counts of the answers to each operation."""

    async def append(self, entry: Entry) -> None:
        """Store the entry, and count it."""
        ...

    async def entries(self, world: str | None = None) -> Sequence[Entry]:
        """Return the entries of a world, or of all, in the order of arrival."""
        ...

    async def entry(self, number: str) -> Entry | None:
        """Return the entry with that id, None if there is none or it was evicted."""
        ...

    async def worlds(self) -> Sequence[str]:
        """Return the names of the worlds with requests, those longest without one first."""
        ...

    async def tally(self, world: str) -> Tally:
        """Return how many requests of a world there were by operation, status and rule, evicted ones included.

        The operation is "" if a request is for none.
        """
        ...

    async def restore(self, world: str, entries: Sequence[Entry], tally: Tally) -> None:
        """Replace the entries and counts of a world."""
        ...

    async def delete(self, world: str | None = None) -> None:
        """Delete the entries and counts of a world, or of all."""
        ...


class Shelf(Protocol[T]):
    """Values by key, written once. A bounded shelf evicts the least recently used."""

    async def get(self, key: str) -> T | None:
        """Return the value, None if there is none or it was evicted."""
        ...

    async def put(self, key: str, value: T) -> None:
        """Store the value."""
        ...


class Bus(Protocol):
    """Messages between the processes that share the state, on this machine and on others.

    A message may be lost: the truth is in the store.
    """

    def attach(self, channel: str, on_message: Callable[[bytes], None], on_connected: Callable[[], None]) -> None:
        """Subscribe to a channel from the first connection on. `on_message` receives each message of other processes,
        on every channel; `on_connected` is called with each connection: messages before that may have been missed.
        """
        ...

    async def connect(self) -> None:
        """Keep a connection from now on; return when it is made or the first attempt failed."""
        ...

    async def subscribe(self, channel: str) -> None:
        """Receive the messages of a channel, also of later connections. Raise StoreUnavailableError."""
        ...

    async def unsubscribe(self, channel: str) -> None:
        """Receive no more messages of a channel."""
        ...

    async def publish(self, channel: str, message: bytes) -> int:
        """Return how many processes receive the message. Raise StoreUnavailableError."""
        ...


async def _nothing() -> None:
    """Do nothing: there are no connections to close."""


@dataclass(frozen=True, slots=True)
class State:
    """The stores of worlds, requests and uploads. clock: shows the store's time; shown: the address, without a secret;
    close: closes the connections; bus: to the processes that share the state, None if it is not shared.
    """

    store: Store
    journal: Journal
    sources: Shelf[bytes]
    clock: Clock
    shown: str = "memory"
    close: Callable[[], Coroutine[Any, Any, None]] = _nothing
    bus: Bus | None = None

    async def connect(self) -> None:
        """Receive messages from the processes that share the state, as soon as that is possible."""
        if self.bus:
            await self.bus.connect()
