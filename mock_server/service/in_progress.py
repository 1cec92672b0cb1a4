"""The requests in progress in this process, before they are in the journal."""

from collections.abc import Callable

from mock_server.domain.entry import Entry

Unfinished = Callable[[], Entry]


class InProgress:
    """The requests in progress, by id, in the order of their arrival."""

    def __init__(self) -> None:
        self._requests: dict[str, Unfinished] = {}

    def add(self, request_id: str, unfinished: Unfinished) -> None:
        """Note a request that has begun. unfinished: returns what is known of it."""
        self._requests[request_id] = unfinished

    def remove(self, request_id: str) -> None:
        """Remove a request that has ended."""
        self._requests.pop(request_id, None)

    def entry(self, request_id: str) -> Entry | None:
        """Return the entry of a request in progress, without a reply; None if there is none."""
        unfinished = self._requests.get(request_id)
        return unfinished() if unfinished else None

    def entries(self) -> list[Entry]:
        """Return the entries of all requests in progress, each without a reply."""
        return [unfinished() for unfinished in list(self._requests.values())]
