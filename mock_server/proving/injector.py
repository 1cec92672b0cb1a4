"""An application around the mock that numbers the requests of a run, and makes those of a schedule fail."""

import asyncio
from contextlib import suppress
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.app import contract
from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import Image
from mock_server.http.connections import EXTENSION, connection_of
from mock_server.service import Caller, Service

from .observed import Arrival
from .points import Point, Schedule, points_of
from .traffic import Traffic
from .virtual_time import VirtualTime

MAX_REQUESTS = 100
_TAG = "x-aiimage-request"
_CONTROL, _PICTURES = "/_mock", "/uploads/"


class Injector:
    """The application around the mock. arrivals: the requests of the run, without those of the control API."""

    def __init__(self, app: ASGIApp, service: Service, time: VirtualTime) -> None:
        self._app = app
        self._time = time
        self.service = service
        self.loop: asyncio.AbstractEventLoop | None = None
        self.traffic = Traffic()
        self.arrivals: list[Arrival] = []
        self.callers: dict[str, Caller] = {}
        self._operations = {each.path.rpartition("/")[2]: each.id for each in contract().operations}
        self._schedule: dict[int, str] = {}
        self._lasting: list[tuple[Point, Instant]] = []
        self._calls: dict[asyncio.Task[Any], Scope] = {}
        self._open = False

    def at_rest(self) -> bool:
        """Return whether every request that was sent waits for an instant or has its reply."""
        return self.traffic.arrived and len(self._calls) <= self.service.scheduler.waiting

    def begin(self, schedule: Schedule) -> None:
        """Number requests from 1 again, and make those of the schedule fail."""
        self.arrivals, self.callers, self._lasting, self._open = [], {}, [], True
        self._schedule = {each.request: each.point for each in schedule}
        self.traffic.clear()

    async def end(self) -> None:
        """Cancel the requests that still wait, and leave those that come alone."""
        self._open = False
        calls = dict(self._calls)
        self._reset()
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def disconnect(self) -> None:
        """Reset the connections of the requests that still wait. Called in any thread."""
        if self.loop and self.loop.is_running():
            with suppress(RuntimeError):  # the loop has just ended
                self.loop.call_soon_threadsafe(self._reset)

    def _reset(self) -> None:
        for scope in list(self._calls.values()):
            if EXTENSION in scope.get("extensions", ()) and not _is_closing(scope):
                connection_of(scope).end("reset")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_CONTROL):
            await self._app(scope, receive, send)
            return
        self.traffic.begin((scope.get("client") or ("", 0))[1])
        call = asyncio.current_task()
        assert call is not None
        self._calls[call] = scope
        try:
            await self._numbered(scope, receive, send)
        finally:
            del self._calls[call]

    async def _numbered(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._open:
            await self._app(scope, receive, send)
            return
        arrival = self._arrival(scope)

        async def delivering(message: Message) -> None:
            whole = message["type"] == "http.response.body" and not message.get("more_body")
            arrival.delivered = whole and not _is_closing(scope)
            await send(message)

        added = [(_TAG.encode(), str(arrival.number).encode())]
        if arrival.point:
            added.append((b"x-mock-fault", self._fault(arrival.point).encode()))
        await self._app({**scope, "headers": [*added, *scope["headers"]]}, receive, delivering)

    def _arrival(self, scope: Scope) -> Arrival:
        operation, now, number = self._operation(scope), self._time.now(), len(self.arrivals) + 1
        token = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1").rpartition(" ")[2]
        if token and (caller := self.service.caller(token)):
            self.callers[caller.world] = caller
        point, planned = points_of(operation).get(self._schedule.get(number, "")), True
        if point is None:
            planned = False
            point = next((each for each, until in self._lasting if operation in each.also and now < until), None)
        elif point.seconds:
            self._lasting.append((point, now + point.seconds * SECOND))
        arrival = Arrival(number, operation, scope["method"], scope["path"], now, point, planned)
        self.arrivals.append(arrival)
        if number > MAX_REQUESTS:
            self._time.interrupt("storm")
        return arrival

    def _fault(self, point: Point) -> str:
        until = next((until for each, until in self._lasting if each is point), self._time.now())
        return point.fault_at(until - self._time.now())

    def _operation(self, scope: Scope) -> str | None:
        if scope["path"].startswith(_PICTURES):
            return PICTURE
        return self._operations.get(scope["path"].rpartition("/")[2])

    async def running_until(self) -> Instant | None:
        """Return when the first running generation of the run's worlds ends, on the server's clock, None for none."""
        ends = []
        for caller in self.callers.values():
            seen = await self.service.look(caller)
            ends += [each.ends - seen.now for each in seen.world.running if seen.world.clock.stopped is None]
        return self._time.now() + max(0, min(ends)) if ends else None

    async def collect(self) -> tuple[list[Arrival], list[Image]]:
        """Return the requests of the run with their journal entries, and the images that they made, oldest first."""
        images: list[Image] = []
        by_number = {each.number: each for each in self.arrivals}
        entries = [each for world in self.callers for each in await self.service.journal.entries(world)]
        for entry in entries:
            number = dict(entry.headers).get(_TAG)
            if number and int(number) in by_number and entry.received >= by_number[int(number)].at:
                by_number[int(number)].entry = entry
        ids = {each.entry.id for each in self.arrivals if each.entry}
        for caller in self.callers.values():
            world = (await self.service.look(caller)).world
            images += [each for each in reversed(world.images) if each.generation in ids]
        return self.arrivals, images


def _is_closing(scope: Scope) -> bool:
    """Return whether the client has disconnected; not known of a client that calls the application without a server."""
    return EXTENSION in scope.get("extensions", ()) and connection_of(scope).is_closing()
