"""Server-sent events: requests and changes as they happen."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from mock_server.service import Service
from mock_server.service.events import Event

from .http import http_error, query, resolve_token

_KEEPALIVE_SECONDS = 15
_MAX_GATHER_SECONDS = 60


async def events(service: Service, request: Request) -> StreamingResponse:
    """Answer GET /events, of one world if the query names a token. No event after the headers is missed."""
    asked = query(request, "token", "gather")
    token, gather = asked.get("token"), _gather(asked.get("gather"))
    world = (await resolve_token(service, token)).caller.world if token is not None else None
    headers = {"cache-control": "no-store"}
    if request.method != "GET":  # HEAD, whose reply would never end
        return StreamingResponse((), media_type="text/event-stream", headers=headers)
    stream = service.changes.listen(_KEEPALIVE_SECONDS, world, gather)
    # Subscribes before the headers are sent: a client that has them misses no event.
    first = await anext(stream)
    return StreamingResponse(_lines(first, stream), media_type="text/event-stream", headers=headers)


def _gather(asked: str | None) -> float | None:
    """Return the seconds to gather events for, None for none; raise a 422."""
    if asked is None:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", asked) or not float(asked) <= _MAX_GATHER_SECONDS:
        raise http_error(422, f"gather takes seconds from 0 to {_MAX_GATHER_SECONDS}, not {asked[:20]!a}.")
    return float(asked)


async def _lines(first: Event | None, events: AsyncGenerator[Event | None, None]) -> AsyncIterator[bytes]:
    async with aclosing(events):
        yield _line(first)
        async for event in events:
            yield _line(event)


def _line(event: Event | None) -> bytes:
    if event is None:
        return b": listening\n\n"
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), msgspec.json.encode(event))
