"""The clock of a world: seen, stopped, set, advanced."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import from_iso, seconds
from mock_server.service import Caller, Service, clocks

from .answers import answer, problem, told
from .worlds import caller_of, view

_LONGEST = 3_660 * 86_400


class ClockCommand(msgspec.Struct, forbid_unknown_fields=True):
    """What a POST may say. freeze: stop the clock or let it run, before anything else; set: ISO 8601;
    advance: seconds; advance_to: an edge, offset_ms milliseconds after it, or before it where negative.
    """

    freeze: bool | None = None
    set: str | None = None
    advance: Annotated[float, Meta(ge=0, le=_LONGEST)] | None = None
    advance_to: clocks.Edge | None = None
    offset_ms: Annotated[int, Meta(ge=-86_400_000, le=86_400_000)] = 0


class Clocks:
    """The calls about a world's clock."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def one(self, request: Request) -> Response:
        """Answer GET and POST of /worlds/{token}/clock. A POST returns when all that fell due has happened."""
        token = request.path_params["token"]
        caller = caller_of(self._service, token)
        if request.method == "POST":
            await self._obey(caller, await told(request, ClockCommand))
        return answer(view(token, *await self._service.world(caller))["clock"])

    async def _obey(self, caller: Caller, command: ClockCommand) -> None:
        moves = [each for each in (command.set, command.advance, command.advance_to) if each is not None]
        if len(moves) > 1 or (command.offset_ms and command.advance_to is None):
            raise problem(422, "Say one of set, advance and advance_to; offset_ms goes with advance_to.")
        if not moves and command.freeze is None:
            raise problem(422, "Say freeze, set, advance or advance_to.")
        if command.freeze is not None:
            await (clocks.freeze if command.freeze else clocks.resume)(self._service, caller)
        try:
            await self._move(caller, command)
        except clocks.NoEdgeError as none:
            raise problem(409, f"There is no {command.advance_to}: {none}.") from none
        except (ValueError, OverflowError) as error:
            raise problem(422, f"That is no instant: {error}.") from error

    async def _move(self, caller: Caller, command: ClockCommand) -> None:
        service = self._service
        if command.set is not None:
            await clocks.set_to(service, caller, from_iso(command.set))
        if command.advance is not None:
            await clocks.advance(service, caller, await service.now(caller) + seconds(command.advance))
        if command.advance_to is not None:
            edge = await clocks.edge(service, caller, command.advance_to)
            await clocks.advance(service, caller, edge + seconds(command.offset_ms / 1000))
