"""The faults of a world: seen, switched on, switched off; and all that there are."""

import inspect
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

from .answers import answer, asked, problem, told
from .naming import meant_by_path


class Faults:
    """The calls about faults."""

    def __init__(self, service: Service, contract: Contract) -> None:
        self._service = service
        self._contract = contract

    async def all(self, request: Request) -> Response:
        """Answer GET /faults: what can be switched on, with what it takes."""
        del request
        return answer({"faults": [self._described(kind) for kind in FAULTS.values()]})

    async def one(self, request: Request) -> Response:
        """Answer GET, PUT (these and no other), POST (these too) and DELETE of /worlds/{token}/faults."""
        caller = (await meant_by_path(self._service, request)).caller
        if request.method == "DELETE":
            name = _name(request)
            await self._service.change(caller, lambda world, _: (_without(world, name), None))
        elif request.method in ("PUT", "POST"):
            plans, keep = await self._plans(request), request.method == "POST"
            await self._service.change(caller, lambda world, _: (_with(world, plans, keep), None))
        world = (await self._service.look(caller)).world
        return answer([show_plan(plan) for plan in world.faults])

    async def _plans(self, request: Request) -> tuple[FaultPlan, ...]:
        try:
            return make_plans(await told(request, list[dict[str, Any]]), self._contract)
        except FaultError as error:
            raise problem(422, error.sentence) from error

    def _described(self, kind: type[Fault]) -> dict[str, Any]:
        return {
            "fault": kind.name,
            "description": (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " "),
            "operations": kind.operations or [*(each.id for each in self._contract.operations), PICTURE],
            "parameters": [_parameter(each) for each in parameters_of(kind).values()],
        }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "takes": parameter.takes,
        "numeric": any(each in (int, float) or isinstance(each, int) for each in _flat(parameter.type)),
        "values": list(get_args(parameter.type)) if get_origin(parameter.type) is Literal else None,
        "required": parameter.required,
        "default": parameter.default,
    }


def _flat(kind: Any) -> list[Any]:
    """Return a type, and what it is a union of or annotates."""
    return [kind, *(inner for each in get_args(kind) for inner in _flat(each))]


def _name(request: Request) -> str | None:
    """Return the name of the faults that are to be switched off, None for all; raise a 422."""
    name = asked(request, "fault").get("fault")
    if name is not None and name not in FAULTS:
        raise problem(422, f"There is no fault {name[:40]!a}: there are {', '.join(FAULTS)}.")
    return name


def _without(world: World, name: str | None) -> World:
    """Return the world with the faults of that name off, with None all of them."""
    return replace(world, faults=tuple(each for each in world.faults if name not in (None, each.fault)))


def _with(world: World, plans: tuple[FaultPlan, ...], keep: bool) -> World:
    """Return the world with these faults on; keep: beside those that are on."""
    faults = (*world.faults, *plans) if keep else plans
    if len(faults) > MAX_FAULTS:
        raise problem(422, f"{len(faults)} faults are too many: at most {MAX_FAULTS} can be on at once.")
    return replace(world, faults=faults)
