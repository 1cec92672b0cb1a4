"""A state in an empty Valkey database."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace

from mock_server.domain.clock import RealClock
from mock_server.stores import State
from mock_server.stores.redis import open_redis
from support.sandbox import BEHAVIOUR
from support.valkey import fresh_url

Open = Callable[..., AbstractAsyncContextManager[State]]


@asynccontextmanager
async def opened(url: str, **behaves: Any) -> AsyncIterator[State]:
    state = open_redis(url, replace(BEHAVIOUR, **behaves), RealClock())
    try:
        yield state
    finally:
        await state.close()


@pytest.fixture
def open_state() -> Open:
    """Return a function that opens a state at a URL."""
    return opened


@pytest.fixture
def url() -> str:
    """Return the URL of an empty database."""
    return fresh_url()
