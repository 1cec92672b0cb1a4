"""Functions that open each kind of store, shelf and journal in an event loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from msgspec.structs import replace

from mock_server.domain.clock import RealClock
from mock_server.stores import Journal, MemoryJournal, MemoryShelf, MemoryStore, Shelf, State, Store
from support.clocks import SteppedClock
from support.sandbox import BEHAVIOUR
from support.valkey import fresh_url

OpenStore = Callable[[int], AbstractAsyncContextManager[Store]]
OpenShelf = Callable[[int], AbstractAsyncContextManager[Shelf[bytes]]]
OpenJournal = Callable[[int, int], AbstractAsyncContextManager[Journal]]


@asynccontextmanager
async def memory_store(capacity: int) -> AsyncIterator[Store]:
    yield MemoryStore(SteppedClock(), capacity)


@asynccontextmanager
async def memory_shelf(capacity: int) -> AsyncIterator[Shelf[bytes]]:
    yield MemoryShelf[bytes](capacity, len)


@asynccontextmanager
async def memory_journal(capacity: int, max_bytes: int) -> AsyncIterator[Journal]:
    yield MemoryJournal(capacity, max_bytes)


@asynccontextmanager
async def valkey(**behaves: int) -> AsyncIterator[State]:
    from mock_server.stores.redis import open_redis

    state = open_redis(fresh_url(), replace(BEHAVIOUR, **behaves), RealClock())
    try:
        yield state
    finally:
        await state.close()


@asynccontextmanager
async def valkey_store(capacity: int) -> AsyncIterator[Store]:
    async with valkey(max_worlds=capacity) as state:
        yield state.store


@asynccontextmanager
async def valkey_shelf(capacity: int) -> AsyncIterator[Shelf[bytes]]:
    async with valkey(max_source_bytes=capacity) as state:
        yield state.sources


@asynccontextmanager
async def valkey_journal(capacity: int, max_bytes: int) -> AsyncIterator[Journal]:
    async with valkey(max_journal_entries=capacity, max_journal_bytes=max_bytes) as state:
        yield state.journal


STORES: dict[str, OpenStore] = {"memory": memory_store, "valkey": valkey_store}
SHELVES: dict[str, OpenShelf] = {"memory": memory_shelf, "valkey": valkey_shelf}
JOURNALS: dict[str, OpenJournal] = {"memory": memory_journal, "valkey": valkey_journal}


@pytest.fixture(params=list(STORES))
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """Return a function that opens an empty store with a capacity in worlds."""
    return STORES[request.param]


@pytest.fixture(params=list(SHELVES))
def open_shelf(request: pytest.FixtureRequest) -> OpenShelf:
    """Return a function that opens an empty shelf with a capacity in bytes."""
    return SHELVES[request.param]


@pytest.fixture(params=list(JOURNALS))
def open_journal(request: pytest.FixtureRequest) -> OpenJournal:
    """Return a function that opens an empty journal with a capacity in entries a world, and in bytes of all worlds."""
    return JOURNALS[request.param]
