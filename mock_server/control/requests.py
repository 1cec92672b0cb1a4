"""The journal, and what follows from it: coverage and the client verdict."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract import Contract, Rules
from mock_server.domain.entry import CLIENT, PAGE, PICTURE, Entry
from mock_server.insight import coverage, verdict
from mock_server.service import Service
from mock_server.service.snapshots import Log

from .entry_views import EntryViews
from .http import http_error, json_response, query, resolve_token

_MAX_LIMIT = 1_000
_DEFAULT_LIMIT = 100
_VIEWS_PER_TURN = 50
_MAX_IN_PROGRESS = 100
_UPLOADS = "uploads"
_FULL, _SUMMARY = "full", "summary"


class Requests:
    """The calls that read the journal."""

    def __init__(self, service: Service, contract: Contract, rules: Rules) -> None:
        self._service = service
        self._contract = contract
        self._rules = rules
        self._entries = EntryViews(contract, rules)

    async def all(self, request: Request) -> Response:
        """Answer GET (newest first, unless order=oldest) and DELETE of /requests."""
        if request.method == "DELETE":
            await self._service.journal.delete(await self._world(query(request, "token")))
            return json_response({"requests": [], "total": 0})
        asked = query(request, "token", "operation", "status", "sender", "limit", "order", "detail")
        matches, limit, newest, shown = self._filter(asked), _limit(asked), _newest(asked), _detail(asked)
        world = await self._world(asked)
        found = [entry for entry in await self._service.journal.entries(world) if matches(entry)]
        in_progress = [
            each for each in self._service.in_progress.entries() if world in (None, each.world) and matches(each)
        ]
        if newest:
            found.reverse()
        views = await self._views(found[:limit], shown)
        begun = [self._begun(each, shown) for each in in_progress[-_MAX_IN_PROGRESS:][::-1]]
        return json_response({"requests": views, "total": len(found), "in_progress": begun})

    async def one(self, request: Request) -> Response:
        """Answer GET /requests/{id}."""
        shown = _detail(query(request, "detail"))
        identifier = unquote(request.path_params["id"])
        entry = await self._service.journal.entry(identifier)
        if entry is not None:
            return json_response(self._view(entry, shown))
        begun = self._service.in_progress.entry(identifier)
        if begun is None:
            raise http_error(404, f"Request {identifier[:40]!a} not found; it may have been evicted.")
        return json_response(self._begun(begun, shown))

    async def coverage(self, request: Request) -> Response:
        """Answer GET /coverage."""
        token, world = await self._named_world(request)
        tally = await self._service.journal.tally(world)
        return json_response({"token": token, **coverage(tally, self._contract, self._rules)})

    async def verdict(self, request: Request) -> Response:
        """Answer GET /verdict."""
        token, world = await self._named_world(request)
        return json_response({"token": token, **verdict(await self._service.journal.entries(world))})

    def report(self, log: Log) -> list[object]:
        """Return everything that the calls show of the journal of one world."""
        shown = [coverage(log.tally, self._contract, self._rules), verdict(log.entries)]
        return [*shown, *map(self._entries.full, log.entries)]

    async def _views(self, entries: Sequence[Entry], detail: str) -> list[dict[str, Any]]:
        """Return the views of entries, with pauses in which other requests are answered."""
        views = []
        for start in range(0, len(entries), _VIEWS_PER_TURN):
            views += [self._view(each, detail) for each in entries[start : start + _VIEWS_PER_TURN]]
            await asyncio.sleep(0)
        return views

    def _begun(self, entry: Entry, detail: str) -> dict[str, Any]:
        """Return the view of a request that is not answered yet."""
        return {**self._view(entry, detail), "in_progress": True}

    def _view(self, entry: Entry, detail: str) -> dict[str, Any]:
        return self._entries.summary(entry) if detail == _SUMMARY else self._entries.full(entry)

    async def _world(self, asked: Mapping[str, str]) -> str | None:
        """Return the name of the world that the query names, None for all worlds."""
        return (await resolve_token(self._service, asked["token"])).caller.world if "token" in asked else None

    async def _named_world(self, request: Request) -> tuple[str, str]:
        """Return token and name of the world that the query names; raise a 422 if it names none."""
        asked = query(request, "token")
        if "token" not in asked:
            raise http_error(422, "Missing query parameter: token.")
        caller, token = await resolve_token(self._service, asked["token"])
        return token, caller.world

    def _filter(self, asked: Mapping[str, str]) -> Callable[[Entry], bool]:
        operation, status = asked.get("operation"), asked.get("status")
        names = self._operation_names()
        if operation is not None and operation not in names:
            raise http_error(422, f"Unknown operation {operation[:40]!a}. Use: {', '.join(names)}.")
        if status is not None and not re.fullmatch("[1-5][0-9]{2}|none", status):
            wanted = "a number from 100 to 599, or none for requests without a reply"
            raise http_error(422, f"status takes {wanted}, not {status[:20]!a}.")
        sender = asked.get("sender")
        if sender not in (None, CLIENT, PAGE):
            raise http_error(422, f"sender takes {CLIENT} or {PAGE}, not {sender[:20]!a}.")
        return lambda entry: (
            (sender is None or sender == entry.sender)
            and (operation is None or operation in _names_of(entry))
            and (status is None or status == ("none" if entry.status is None else str(entry.status)))
        )

    def _operation_names(self) -> list[str]:
        """Return the ids of all operations, then the last words of their paths."""
        operations = self._contract.operations
        return [
            *[each.id for each in operations],
            PICTURE,
            *[each.path.rpartition("/")[2] for each in operations],
            _UPLOADS,
        ]


def _names_of(entry: Entry) -> tuple[str | None, str]:
    """Return the names of an entry's operation: its id, and the last word of its path."""
    return entry.operation, entry.path.rpartition("/")[2] if entry.picture is None else _UPLOADS


def _limit(asked: Mapping[str, str]) -> int:
    limit = asked.get("limit", str(_DEFAULT_LIMIT))
    if not re.fullmatch("[0-9]{1,6}", limit) or not 1 <= int(limit) <= _MAX_LIMIT:
        raise http_error(422, f"limit takes a number from 1 to {_MAX_LIMIT}, not {limit[:20]!a}.")
    return int(limit)


def _detail(asked: Mapping[str, str]) -> str:
    detail = asked.get("detail", _FULL)
    if detail not in (_FULL, _SUMMARY):
        raise http_error(422, f"detail takes {_FULL} or {_SUMMARY}, not {detail[:20]!a}.")
    return detail


def _newest(asked: Mapping[str, str]) -> bool:
    order = asked.get("order", "newest")
    if order not in ("newest", "oldest"):
        raise http_error(422, f"order takes newest or oldest, not {order[:20]!a}.")
    return order == "newest"
