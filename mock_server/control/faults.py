"""The faults of a world: seen, switched on, switched off."""

from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_server.contract import Contract
from mock_server.domain.world import FaultPlan, World
from mock_server.faults import FaultError
from mock_server.faults.plans import MOST, make_plans, show_plan
from mock_server.service import Service

from .answers import answer, problem, told
from .worlds import caller_of, token_of


class Faults:
    """The calls about a world's faults."""

    def __init__(self, service: Service, contract: Contract) -> None:
        self._service = service
        self._contract = contract

    async def one(self, request: Request) -> Response:
        """Answer GET, PUT (these and no other), POST (these too) and DELETE of /worlds/{token}/faults."""
        caller = caller_of(self._service, token_of(request))
        if request.method in ("PUT", "POST", "DELETE"):
            plans = await self._plans(request) if request.method != "DELETE" else ()
            keep = request.method == "POST"
            await self._service.change(caller, lambda world, _: (_with(world, plans, keep), None))
        world = (await self._service.look(caller)).world
        return answer([show_plan(plan) for plan in world.faults])

    async def _plans(self, request: Request) -> tuple[FaultPlan, ...]:
        try:
            return make_plans(await told(request, list[dict[str, Any]]), self._contract)
        except FaultError as error:
            raise problem(422, error.sentence) from error


def _with(world: World, plans: tuple[FaultPlan, ...], keep: bool) -> World:
    """Return the world with these faults on; keep: beside those that are on."""
    faults = (*world.faults, *plans) if keep else plans
    if len(faults) > MOST:
        raise problem(422, f"{len(faults)} faults are too many: at most {MOST} can be on at once.")
    return replace(world, faults=faults)
