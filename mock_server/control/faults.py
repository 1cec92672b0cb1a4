"""Faults of a world: listed, switched on, switched off; and the kinds that exist."""

import inspect
import re
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract import Contract
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import FaultPlan, World
from mock_server.faults import Fault, FaultError
from mock_server.faults.base import Parameter, parameters_of
from mock_server.faults.plans import MAX_FAULTS, make_plans, show_plan
from mock_server.faults.registry import FAULTS
from mock_server.service import Service

from .http import http_error, json_response, query, read_json, resolve_world


async def fault_kinds(contract: Contract, _: Request) -> Response:
    """Answer GET /faults: every kind of fault with its parameters."""
    operations = [*(each.id for each in contract.operations), PICTURE]
    return json_response({"faults": [_kind_view(kind, operations) for kind in FAULTS.values()]})


async def world_faults(service: Service, contract: Contract, request: Request) -> Response:
    """Answer GET, PUT (replace), POST (add) and DELETE of /worlds/{token}/faults."""
    caller = (await resolve_world(service, request)).caller
    if request.method == "DELETE":
        gone = _switched_off(request)
        await service.change(caller, lambda world, _: (_without(world, gone), None))
    elif request.method in ("PUT", "POST"):
        plans, keep = await _plans(contract, request), request.method == "POST"
        await service.change(caller, lambda world, _: (_with(world, plans, keep), None))
    world = (await service.look(caller)).world
    return json_response([show_plan(plan) for plan in world.faults])


async def _plans(contract: Contract, request: Request) -> tuple[FaultPlan, ...]:
    try:
        return make_plans(await read_json(request, list[dict[str, Any]]), contract)
    except FaultError as error:
        raise http_error(422, error.sentence) from error


def _kind_view(kind: type[Fault], operations: list[str]) -> dict[str, Any]:
    return {
        "fault": kind.name,
        "description": (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " "),
        "operations": kind.operations or operations,
        "parameters": [_parameter_view(each) for each in parameters_of(kind).values()],
    }


def _parameter_view(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "takes": parameter.takes,
        "numeric": any(each in (int, float) or isinstance(each, int) for each in _flat(parameter.type)),
        "values": list(get_args(parameter.type)) if get_origin(parameter.type) is Literal else None,
        "required": parameter.required,
        "default": parameter.default,
    }


def _flat(kind: Any) -> list[Any]:
    """Return a type with all its arguments: members of a union, the annotated type."""
    return [kind, *(inner for each in get_args(kind) for inner in _flat(each))]


def _switched_off(request: Request) -> Callable[[FaultPlan], bool]:
    """Return which faults to switch off: those of a name, the one with an id, or all; raise a 422."""
    asked = query(request, "fault", "id")
    name, number = asked.get("fault"), asked.get("id")
    if name is not None and name not in FAULTS:
        raise http_error(422, f"Unknown fault {name[:40]!a}. Use: {', '.join(FAULTS)}.")
    if number is not None and not re.fullmatch("[0-9]{1,9}", number):
        raise http_error(422, f"id takes the id of an active fault, a number, not {number[:20]!a}.")
    return lambda plan: name in (None, plan.fault) and (number is None or plan.id == int(number))


def _without(world: World, gone: Callable[[FaultPlan], bool]) -> World:
    return replace(world, faults=tuple(each for each in world.faults if not gone(each)))


def _with(world: World, plans: tuple[FaultPlan, ...], keep: bool) -> World:
    """Return the world with these faults. keep: also those that it has."""
    last = max((each.id for each in world.faults), default=0)
    faults = (*world.faults, *(replace(each, id=each.id + last) for each in plans)) if keep else plans
    if len(faults) > MAX_FAULTS:
        raise http_error(422, f"{len(faults)} faults are too many: at most {MAX_FAULTS} can be on at once.")
    return replace(world, faults=faults)
