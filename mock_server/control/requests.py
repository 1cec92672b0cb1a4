"""The journal, and what it tells of a client: which requests there were and why they were refused, what was met and
what never, how the client behaved.
"""

from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract import Contract, Rules
from mock_server.domain.clock import SECOND, to_iso
from mock_server.domain.entry import Entry
from mock_server.insight import coverage, verdict, why
from mock_server.service import Service

from .answers import answer, problem
from .worlds import caller_of

_MOST = 1_000
_FEW = 100


class Requests:
    """The calls about the journal."""

    def __init__(self, service: Service, contract: Contract, rules: Rules) -> None:
        self._service = service
        self._contract = contract
        self._rules = rules

    async def all(self, request: Request) -> Response:
        """Answer GET (newest first, unless order=oldest) and DELETE of /requests."""
        token = request.query_params.get("token")
        world = caller_of(self._service, token).world if token is not None else None
        if request.method == "DELETE":
            await self._service.journal.forget(world)
            return answer({"requests": [], "total": 0})
        wanted = _filter(request)
        found = [entry for entry in await self._service.journal.entries(world) if wanted(entry)]
        if _choice(request, "order", ("newest", "oldest")) == "newest":
            found.reverse()
        return answer({"requests": [self.view(each) for each in found[: _limit(request)]], "total": len(found)})

    async def one(self, request: Request) -> Response:
        """Answer GET /requests/{id}."""
        number = request.path_params["id"]
        entry = await self._service.journal.entry(number)
        if entry is None:
            raise problem(404, f"The journal has no request {number[:40]!r}, or no longer.")
        return answer(self.view(entry))

    async def coverage(self, request: Request) -> Response:
        """Answer GET /coverage."""
        token, world = self._named(request)
        tally = await self._service.journal.tally(world)
        return answer({"token": token, **coverage(tally, self._contract, self._rules)})

    async def verdict(self, request: Request) -> Response:
        """Answer GET /verdict."""
        token, world = self._named(request)
        return answer({"token": token, **verdict(await self._service.journal.entries(world))})

    def view(self, entry: Entry) -> dict[str, Any]:
        """Return an entry as the control API shows it, with why it was refused."""
        return {
            "id": entry.id,
            "token": entry.token,
            "at": to_iso(entry.at, "milliseconds"),
            "seconds": (entry.ended - entry.at) / SECOND,
            "operation": entry.operation,
            "method": entry.method,
            "path": entry.path,
            "query": entry.query,
            "headers": [list(each) for each in entry.headers],
            "fields": entry.fields,
            "status": entry.status,
            "complete": entry.complete,
            "rule": entry.rule,
            "why": why(entry, self._contract, self._rules),
            "reply": entry.reply,
            "made": entry.made,
            "picture": entry.picture,
            "faults": entry.faults,
        }

    def _named(self, request: Request) -> tuple[str, str]:
        token = request.query_params.get("token")
        if token is None:
            raise problem(422, "Say whose: ?token=TOKEN.")
        return token, caller_of(self._service, token).world


def _filter(request: Request) -> Callable[[Entry], bool]:
    operation, status = request.query_params.get("operation"), request.query_params.get("status")
    if status is not None and status != "none" and not (status.isdecimal() and len(status) == 3):
        raise problem(422, f"status takes three digits, or none for a request without a reply, not {status[:20]!r}.")
    return lambda entry: (
        (operation is None or operation in _names(entry))
        and (status is None or status == ("none" if entry.status is None else str(entry.status)))
    )


def _names(entry: Entry) -> Iterable[str | None]:
    """Return what an entry's operation may be called: its id, or the last word of its path."""
    return (entry.operation, entry.path.rpartition("/")[2] if entry.picture is None else "uploads")


def _limit(request: Request) -> int:
    limit = request.query_params.get("limit", str(_FEW))
    if not limit.isdecimal() or len(limit) > 6 or not 1 <= int(limit) <= _MOST:
        raise problem(422, f"limit takes a number from 1 to {_MOST}, not {limit[:20]!r}.")
    return int(limit)


def _choice(request: Request, name: str, values: tuple[str, ...]) -> str:
    value = request.query_params.get(name, values[0])
    if value not in values:
        raise problem(422, f"{name} takes {' or '.join(values)}, not {value[:20]!r}.")
    return value
