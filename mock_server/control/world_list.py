"""The list of worlds: those with any change or any request, most recently used first."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.accounts import world_name
from mock_server.domain.clock import to_iso
from mock_server.insight import verdict
from mock_server.service import Caller, Service

from .http import http_error, json_response, query
from .worlds import world_names, world_view

_MAX_LIMIT = 1_000
_MAX_CLIENTS = 50
_VIEWS_PER_TURN = 100
_USED = "used"
_ORDERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    _USED: lambda _: 0,  # sorting keeps the order of use
    "name": lambda view: (view["label"] or view["token"], view["world"]),
    "credits": lambda view: -view["credits"],
    "images": lambda view: -view["images"],
    "faults": lambda view: -view["faults"],
}


async def list_worlds(service: Service, request: Request) -> Response:
    """Answer GET /worlds: all worlds, or those that match, the first `limit` of them."""
    asked = query(request, "limit", "search", "sort", "detail")
    limit, search, sort = _limit(asked), asked.get("search", "").casefold(), asked.get("sort", _USED)
    if sort not in _ORDERS:
        raise http_error(422, f"sort takes {', '.join(_ORDERS)}, not {sort[:20]!a}.")
    if asked.get("search") == "":
        raise http_error(422, "search is empty: leave it out to get all worlds.")
    names = await used_names(service)
    if not search and sort == _USED:
        views, total = await _views(service, list(islice(names, limit))), len(names)
    else:
        matching = [each for each in await _views(service, names) if search in _text(each)]
        views, total = sorted(matching, key=_ORDERS[sort])[:limit], len(matching)
    if _wants_client(asked, limit):
        views = [{**each, "client": await _client_view(service, each["world"])} for each in views]
    return json_response({"worlds": views, "total": total})


async def _views(service: Service, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the views of worlds, with pauses in which other requests are answered."""
    views = []
    # To read a world is to use it: in this order, the order of use stays.
    for number, name in enumerate(reversed(names)):
        caller = await _caller(service, name)
        if caller:
            views.append(world_view(caller.token, await service.look(caller)))
        if number % _VIEWS_PER_TURN == 0:
            await asyncio.sleep(0)
    return views[::-1]


def _text(view: Mapping[str, Any]) -> str:
    """Return the texts that a search reads."""
    return "\n".join((view["world"], view["token"], view["label"])).casefold()


async def _client_view(service: Service, name: str) -> dict[str, Any]:
    entries = await service.journal.entries(name)
    statuses: Counter[str] = Counter()
    for (_, status, _), number in (await service.journal.tally(name)).items():
        statuses[str(status)] += number
    return {
        "last_request": to_iso(entries[-1].at, "milliseconds") if entries else None,
        "statuses": dict(sorted(statuses.items())),
        "verdict": verdict(entries)["verdict"],
    }


def _wants_client(asked: Mapping[str, Any], limit: int | None) -> bool:
    detail = asked.get("detail", "world")
    if detail not in ("world", "client"):
        raise http_error(422, f"detail takes world or client, not {detail[:20]!a}.")
    if detail == "client" and not (limit and limit <= _MAX_CLIENTS):
        raise http_error(
            422, f"detail=client takes a limit of at most {_MAX_CLIENTS}: it reads the journal of each world."
        )
    return bool(detail == "client")


async def used_names(service: Service) -> Sequence[str]:
    """Return the names of the worlds that were changed or called, most recently used first."""
    stored = list(await world_names(service))[::-1]
    called = [
        name for name in await service.journal.worlds() if not service.accounts.closed or _is_listed(service, name)
    ]
    return list(_merged(stored, called[::-1]))


def _is_listed(service: Service, name: str) -> bool:
    return name in {world_name(token) for token in service.accounts.listed}


def _merged(stored: Sequence[str], called: Sequence[str]) -> Iterator[str]:
    """Yield both, each once, newest first. A world that was only read has requests, and is not stored."""
    place = {name: number for number, name in enumerate(called)}
    known, done = set(stored), 0
    for name in stored:
        here = place.get(name, 0)
        yield from (each for each in called[done:here] if each not in known)
        done = max(done, here)
        yield name
    yield from (each for each in called[done:] if each not in known)


async def _caller(service: Service, name: str) -> Caller | None:
    world = (await service.store.read(name)).world
    if world is not None:
        return Caller(name, service.accounts.default, world.token)
    listed = next((token for token in service.accounts.listed if world_name(token) == name), None)
    if listed is not None:
        return service.caller(listed)
    entries = await service.journal.entries(name)
    return Caller(name, service.accounts.default, entries[-1].token) if entries else None


def _limit(asked: Mapping[str, Any]) -> int | None:
    """Return how many worlds are asked for, None for all; raise a 422."""
    limit = asked.get("limit")
    if limit is None:
        return None
    if not re.fullmatch("[0-9]{1,6}", limit) or not 1 <= int(limit) <= _MAX_LIMIT:
        raise http_error(422, f"limit takes a number from 1 to {_MAX_LIMIT}, not {limit[:20]!a}.")
    return int(limit)
