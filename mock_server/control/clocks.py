"""The clock of a world: seen, stopped, set, advanced."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import Instant, checked, from_iso, seconds
from mock_server.service import Caller, Service, clocks

from .http import answer, problem, told
from .naming import meant_by_path
from .worlds import view

_LONGEST = 3_660 * 86_400


class ClockCommand(msgspec.Struct, forbid_unknown_fields=True):
    """What a POST may say. freeze: stop the clock or let it run, before anything else; set: ISO 8601;
    advance: seconds; advance_to: an edge, offset_ms milliseconds after it, or before it where negative.
    """

    freeze: bool | UnsetType = UNSET
    set: str | UnsetType = UNSET
    advance: Annotated[float, Meta(ge=0, le=_LONGEST)] | UnsetType = UNSET
    advance_to: clocks.Edge | UnsetType = UNSET
    offset_ms: Annotated[int, Meta(ge=-86_400_000, le=86_400_000)] | UnsetType = UNSET


class Clocks:
    """The calls about a world's clock."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def one(self, request: Request) -> Response:
        """Answer GET and POST of /worlds/{token}/clock. A POST returns when all that fell due has happened."""
        caller, token = await meant_by_path(self._service, request)
        if request.method == "POST":
            await self._obey(caller, await told(request, ClockCommand))
        return answer(view(token, await self._service.look(caller))["clock"])

    async def _obey(self, caller: Caller, command: ClockCommand) -> None:
        moves = [each for each in (command.set, command.advance, command.advance_to) if each is not UNSET]
        if len(moves) > 1 or (command.offset_ms is not UNSET and command.advance_to is UNSET):
            raise problem(422, "Say one of set, advance and advance_to; offset_ms goes with advance_to.")
        if not moves and command.freeze is UNSET:
            raise problem(422, "Say freeze, set, advance or advance_to.")
        target = await self._target(caller, command)
        if command.freeze is not UNSET:
            await (clocks.freeze if command.freeze else clocks.resume)(self._service, caller)
        if command.advance is not UNSET:
            await clocks.advance_by(self._service, caller, seconds(command.advance))
        elif target is not None:
            await (clocks.advance if command.set is UNSET else clocks.set_to)(self._service, caller, target)

    async def _target(self, caller: Caller, command: ClockCommand) -> Instant | None:
        """Return the instant to move to, None for none; raise a 409 or 422. Nothing has been changed so far."""
        try:
            if command.set is not UNSET:
                return from_iso(command.set)
            if command.advance is not UNSET:
                return checked((await self._service.look(caller)).now + seconds(command.advance))
            if command.advance_to is not UNSET:
                edge = await clocks.edge(self._service, caller, command.advance_to)
                return checked(edge + seconds((command.offset_ms or 0) / 1000))
        except clocks.NoEdgeError as none:
            raise problem(409, f"There is no {command.advance_to}: {none}.") from none
        except (ValueError, OverflowError) as error:
            raise problem(422, f"The clock cannot show that: {error}.") from error
        return None
