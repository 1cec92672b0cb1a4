"""Events as they happen, for whoever listens: server-sent events."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from mock_server.service import Service
from mock_server.service.events import Event

from .answers import asked
from .naming import meant

_PAUSE_SECONDS = 15


class EventStream:
    """The call that listens."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def listen(self, request: Request) -> StreamingResponse:
        """Answer GET /events, of one world where a token is named. Who has the headers misses nothing from then on."""
        token = asked(request, "token").get("token")
        world = (await meant(self._service, token)).caller.world if token is not None else None
        headers = {"cache-control": "no-store"}
        if request.method != "GET":
            return StreamingResponse((), media_type="text/event-stream", headers=headers)
        events = self._service.changes.listen(_PAUSE_SECONDS, world)
        first = await anext(events)
        return StreamingResponse(_lines(first, events), media_type="text/event-stream", headers=headers)


async def _lines(first: Event | None, events: AsyncGenerator[Event | None, None]) -> AsyncIterator[bytes]:
    async with aclosing(events):
        yield _line(first)
        async for event in events:
            yield _line(event)


def _line(event: Event | None) -> bytes:
    if event is None:
        return b": listening\n\n"
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), msgspec.json.encode(event))
