"""Scenarios: states that a world can be put into with one call."""

from typing import Any

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from mock_server.configuration import (
    ConfigurationError,
    Scenario,
    make_scenario,
    ready_made_scenario,
    ready_made_scenarios,
)
from mock_server.contract import Contract
from mock_server.service import Service, resets

from .answers import answer, problem, told
from .naming import meant_by_path
from .worlds import view


class Scenarios:
    """The calls about scenarios."""

    def __init__(self, service: Service, contract: Contract) -> None:
        self._service = service
        self._contract = contract

    async def all(self, request: Request) -> Response:
        """Answer GET /scenarios: the ready-made ones."""
        del request
        found = {name: ready_made_scenario(name, self._contract) for name in ready_made_scenarios()}
        return answer(
            {
                "scenarios": [
                    {"name": name, "title": each.title, "description": each.description} for name, each in found.items()
                ]
            }
        )

    async def one(self, request: Request) -> Response:
        """Answer PUT of /worlds/{token}/scenario: the world begins afresh in that state."""
        caller, token = await meant_by_path(self._service, request)
        scenario = self._scenario(await told(request, dict[str, Any]))
        await resets.delete(self._service, caller.world)
        changed = replace(caller, account=scenario.apply(caller.account))
        await self._service.change(changed, lambda world, _: (world, None))
        return answer(view(token, await self._service.look(caller)))

    def _scenario(self, data: dict[str, Any]) -> Scenario:
        name = data.get("name")
        if name is not None and (len(data) > 1 or name not in ready_made_scenarios()):
            raise problem(422, f"name takes one of {', '.join(ready_made_scenarios())}, and nothing else beside it.")
        if "valid" in data:
            raise problem(422, "valid is for files that the server is started with: leave it out.")
        try:
            return ready_made_scenario(name, self._contract) if name else make_scenario(data, self._contract)
        except ConfigurationError as error:
            raise problem(422, f"The scenario is not understood: {error}.") from error
