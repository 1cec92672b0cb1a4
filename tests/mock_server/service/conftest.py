"""A service on every kind of store."""

from collections.abc import Callable
from functools import partial

import pytest

from mock_server.stores import MemoryStore
from support.services import Desk, RemoteStore

OpenDesk = Callable[..., Desk]


@pytest.fixture(params=[MemoryStore, RemoteStore], ids=["memory", "remote"])
def open_desk(request: pytest.FixtureRequest) -> OpenDesk:
    """Return a function that opens a service. It takes the arguments of Desk."""
    return partial(lambda kind, **kwargs: Desk(kind, **kwargs), request.param)
