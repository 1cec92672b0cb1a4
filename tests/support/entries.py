"""Journal entries for tests."""

from typing import Any

from mock_server.domain.entry import Entry
from support.clocks import START


def entry(number: int, world: str = "one", **others: Any) -> Entry:
    """Return the entry of a request. number: its position in the order of arrival."""
    at = START + number
    given = {
        "id": f"request {number}",
        "world": world,
        "token": "dem***",
        "at": at,
        "ended": at,
        "operation": "getRecentImages",
        "method": "GET",
        "path": "/api/v1/aiimage/recent-images",
        "status": 200,
        "received": at,
    }
    return Entry(**{**given, **others})
