"""Events as they happen, for whoever listens: server-sent events."""

from collections.abc import AsyncIterator

import msgspec
from starlette.requests import Request
from starlette.responses import StreamingResponse

from mock_server.service import Service

from .answers import asked
from .naming import meant

_PAUSE_SECONDS = 15


class EventStream:
    """The call that listens."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def listen(self, request: Request) -> StreamingResponse:
        """Answer GET /events, of one world where a token is named."""
        token = asked(request, "token").get("token")
        world = (await meant(self._service, token)).caller.world if token is not None else None
        headers = {"cache-control": "no-store"}
        lines = self._lines(world) if request.method == "GET" else ()
        return StreamingResponse(lines, media_type="text/event-stream", headers=headers)

    async def _lines(self, world: str | None) -> AsyncIterator[bytes]:
        async for event in self._service.neighbourhood.listen(_PAUSE_SECONDS, world):
            if event is None:
                yield b": listening\n\n"
            else:
                yield b"event: %s\ndata: %s\n\n" % (event["type"].encode(), msgspec.json.encode(event))
