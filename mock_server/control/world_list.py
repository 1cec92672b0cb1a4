"""The list of worlds: those with any change or any request, most recently used first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.accounts import world_name
from mock_server.service import Caller, Service

from .http import http_error, json_response, query
from .worlds import world_names, world_view

_MAX_LIMIT = 1_000


async def list_worlds(service: Service, request: Request) -> Response:
    """Answer GET /worlds: all worlds, or the first `limit`."""
    limit = _limit(query(request, "limit"))
    names = await used_names(service)
    # To read a world is to use it: in this order, the order of use stays.
    callers = [await _caller(service, name) for name in reversed(list(islice(names, limit)))]
    views = [world_view(each.token, await service.look(each)) for each in callers if each]
    return json_response({"worlds": views[::-1], "total": len(names)})


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
