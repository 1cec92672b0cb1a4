"""The clock of a world: shown, frozen, set, advanced."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import Instant, checked, from_iso, seconds
from mock_server.service import Caller, Service, clocks

from .http import http_error, invalid, json_response, read_json, resolve_world
from .worlds import world_view

_MAX_SECONDS = 3_660 * 86_400
_MAX_OFFSET_MS = 86_400_000


class ClockCommand(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a POST. freeze: stop the clock or let it run, applied first; set: ISO 8601; advance: seconds;
    advance_to: an edge; offset_ms: milliseconds after that edge, negative for before it.
    """

    freeze: bool | UnsetType = UNSET
    set: str | UnsetType = UNSET
    advance: Annotated[float, Meta(ge=0, le=_MAX_SECONDS)] | UnsetType = UNSET
    advance_to: clocks.Edge | UnsetType = UNSET
    offset_ms: Annotated[int, Meta(ge=-_MAX_OFFSET_MS, le=_MAX_OFFSET_MS)] | UnsetType = UNSET


async def clock(service: Service, request: Request) -> Response:
    """Answer GET and POST of /worlds/{token}/clock. A POST returns once everything that fell due has happened."""
    caller, token = await resolve_world(service, request)
    if request.method == "POST":
        await _apply(service, caller, await read_json(request, ClockCommand))
    return json_response(world_view(token, await service.look(caller))["clock"])


async def _apply(service: Service, caller: Caller, command: ClockCommand) -> None:
    moves = [each for each in (command.set, command.advance, command.advance_to) if each is not UNSET]
    if len(moves) > 1 or (command.offset_ms is not UNSET and command.advance_to is UNSET):
        raise http_error(422, "Use one of set, advance and advance_to; offset_ms requires advance_to.")
    if not moves and command.freeze is UNSET:
        raise http_error(422, "Missing field: freeze, set, advance or advance_to.")
    # Before anything changes: a command with an invalid time must not freeze the clock.
    target = await _target(service, caller, command)
    if command.freeze is not UNSET:
        await (clocks.freeze if command.freeze else clocks.resume)(service, caller)
    if command.advance is not UNSET:
        await clocks.advance_by(service, caller, seconds(command.advance))
    elif target is not None:
        await (clocks.advance if command.set is UNSET else clocks.set_to)(service, caller, target)


async def _target(service: Service, caller: Caller, command: ClockCommand) -> Instant | None:
    """Return the instant to move to, None for none; raise a 409 or 422."""
    try:
        if command.set is not UNSET:
            return from_iso(command.set)
        if command.advance is not UNSET:
            # Checked only: advance_by counts from the clock as it is at its turn.
            return checked((await service.look(caller)).now + seconds(command.advance))
        if command.advance_to is not UNSET:
            edge = await clocks.edge(service, caller, command.advance_to)
            return checked(edge + seconds((command.offset_ms or 0) / 1000))
    except clocks.NoEdgeError as none:
        raise http_error(409, f"There is no {command.advance_to}: {none}.") from none
    except (ValueError, OverflowError) as error:
        raise invalid("time", error) from error
    return None
