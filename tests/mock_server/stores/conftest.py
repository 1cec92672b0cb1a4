"""Every store, shelf and journal there is, each as what opens it in an event loop."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from mock_server.stores import Journal, MemoryJournal, MemoryShelf, MemoryStore, Shelf, Store
from support.clocks import SteppedClock

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


STORES: dict[str, OpenStore] = {"memory": memory_store}
SHELVES: dict[str, OpenShelf] = {"memory": memory_shelf}
JOURNALS: dict[str, OpenJournal] = {"memory": memory_journal}


@pytest.fixture(params=list(STORES))
def open_store(request: pytest.FixtureRequest) -> OpenStore:
    """What opens an empty store that keeps at most so many worlds."""
    return STORES[request.param]


@pytest.fixture(params=list(SHELVES))
def open_shelf(request: pytest.FixtureRequest) -> OpenShelf:
    """What opens an empty shelf that keeps at most so many bytes."""
    return SHELVES[request.param]


@pytest.fixture(params=list(JOURNALS))
def open_journal(request: pytest.FixtureRequest) -> OpenJournal:
    """What opens an empty journal that keeps at most so many entries of a world, and so many bytes of all."""
    return JOURNALS[request.param]
