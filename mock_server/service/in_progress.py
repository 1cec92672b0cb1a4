"""The requests in progress in this process, before they are in the journal."""

from collections.abc import Callable
from types import TracebackType

from mock_server.domain.entry import Entry

Unfinished = Callable[[], Entry]


class InProgress:
    """The requests in progress, by id, in the order of their arrival."""

    def __init__(self) -> None:
        self._requests: dict[str, Unfinished] = {}

    def entered(self, request_id: str, unfinished: Unfinished) -> "_Entered":
        """Return a context manager in which a request is in progress. unfinished: returns what is known of it."""
        return _Entered(self._requests, request_id, unfinished)

    def entry(self, request_id: str) -> Entry | None:
        """Return the entry of a request in progress, without a reply; None if there is none."""
        unfinished = self._requests.get(request_id)
        return unfinished() if unfinished else None

    def entries(self) -> list[Entry]:
        """Return the entries of all requests in progress, each without a reply."""
        return [unfinished() for unfinished in list(self._requests.values())]


# A class, since a generator as context manager takes five times as long, and every request enters one.
class _Entered:
    __slots__ = ("_id", "_requests", "_unfinished")

    def __init__(self, requests: dict[str, Unfinished], request_id: str, unfinished: Unfinished) -> None:
        self._requests = requests
        self._id = request_id
        self._unfinished = unfinished

    def __enter__(self) -> None:
        self._requests[self._id] = self._unfinished

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._requests.pop(self._id, None)
