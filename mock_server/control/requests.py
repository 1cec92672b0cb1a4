"""The journal, and what it tells of a client: which requests there were and why they were refused, what was met and
what never, how the client behaved.
"""

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract import Contract, Rules
from mock_server.domain.clock import SECOND, to_iso
from mock_server.domain.entry import Entry
from mock_server.insight import coverage, verdict, why
from mock_server.service import Service, snapshots

from .answers import answer, asked, problem
from .naming import meant

_MOST = 1_000
_FEW = 100
_AT_ONCE = 50


class Requests:
    """The calls about the journal."""

    def __init__(self, service: Service, contract: Contract, rules: Rules) -> None:
        self._service = service
        self._contract = contract
        self._rules = rules

    async def all(self, request: Request) -> Response:
        """Answer GET (newest first, unless order=oldest) and DELETE of /requests."""
        if request.method == "DELETE":
            await self._service.journal.delete(await self._world(asked(request, "token")))
            return answer({"requests": [], "total": 0})
        query = asked(request, "token", "operation", "status", "limit", "order")
        wanted, limit, newest = _filter(query), _limit(query), _newest(query)
        found = [entry for entry in await self._service.journal.entries(await self._world(query)) if wanted(entry)]
        if newest:
            found.reverse()
        return answer({"requests": await self._views(found[:limit]), "total": len(found)})

    async def one(self, request: Request) -> Response:
        """Answer GET /requests/{id}."""
        number = unquote(request.path_params["id"])
        entry = await self._service.journal.entry(number)
        if entry is None:
            raise problem(404, f"The journal has no request {number[:40]!a}, or no longer.")
        return answer(self.view(entry))

    async def coverage(self, request: Request) -> Response:
        """Answer GET /coverage."""
        token, world = await self._named(request)
        tally = await self._service.journal.tally(world)
        return answer({"token": token, **coverage(tally, self._contract, self._rules)})

    async def verdict(self, request: Request) -> Response:
        """Answer GET /verdict."""
        token, world = await self._named(request)
        return answer({"token": token, **verdict(await self._service.journal.entries(world))})

    def report(self, log: snapshots.Log) -> list[object]:
        """Return all that is told of the journal of one world."""
        tally = {(operation, status, rule): count for operation, status, rule, count in log.counts}
        told = [coverage(tally, self._contract, self._rules), verdict(log.entries)]
        return [*told, *map(self.view, log.entries)]

    async def _views(self, entries: Sequence[Entry]) -> list[dict[str, Any]]:
        """Return entries as they are shown; whoever waits for an answer meanwhile gets it in between."""
        views = []
        for start in range(0, len(entries), _AT_ONCE):
            views += [self.view(each) for each in entries[start : start + _AT_ONCE]]
            await asyncio.sleep(0)
        return views

    def view(self, entry: Entry) -> dict[str, Any]:
        """Return an entry as the control API shows it, with why it was refused."""
        return {
            "id": entry.id,
            "token": entry.token,
            "world": entry.world,
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

    async def _world(self, query: Mapping[str, str]) -> str | None:
        """Return the name of the world that is asked for, None for all."""
        return (await meant(self._service, query["token"])).caller.world if "token" in query else None

    async def _named(self, request: Request) -> tuple[str, str]:
        """Return what to call the world that is asked for, and its name; raise a 422 where none is."""
        query = asked(request, "token")
        if "token" not in query:
            raise problem(422, "Say whose: ?token=TOKEN.")
        caller, token = await meant(self._service, query["token"])
        return token, caller.world


def _filter(query: Mapping[str, str]) -> Callable[[Entry], bool]:
    operation, status = query.get("operation"), query.get("status")
    if status is not None and not re.fullmatch("[0-9]{3}|none", status):
        raise problem(422, f"status takes three digits, or none for a request without a reply, not {status[:20]!a}.")
    return lambda entry: (
        (operation is None or operation in _names(entry))
        and (status is None or status == ("none" if entry.status is None else str(entry.status)))
    )


def _names(entry: Entry) -> Iterable[str | None]:
    """Return what an entry's operation may be called: its id, or the last word of its path."""
    return (entry.operation, entry.path.rpartition("/")[2] if entry.picture is None else "uploads")


def _limit(query: Mapping[str, str]) -> int:
    limit = query.get("limit", str(_FEW))
    if not re.fullmatch("[0-9]{1,6}", limit) or not 1 <= int(limit) <= _MOST:
        raise problem(422, f"limit takes a number from 1 to {_MOST}, not {limit[:20]!a}.")
    return int(limit)


def _newest(query: Mapping[str, str]) -> bool:
    order = query.get("order", "newest")
    if order not in ("newest", "oldest"):
        raise problem(422, f"order takes newest or oldest, not {order[:20]!a}.")
    return order == "newest"
