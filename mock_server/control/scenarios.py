"""Scenarios: prepared states that one call puts a world into."""

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

from .http import http_error, invalid, json_response, read_json, resolve_world
from .worlds import world_view


async def list_scenarios(contract: Contract, _: Request) -> Response:
    """Answer GET /scenarios: the ready-made scenarios."""
    found = {name: ready_made_scenario(name, contract) for name in ready_made_scenarios()}
    views = [{"name": name, "title": each.title, "description": each.description} for name, each in found.items()]
    return json_response({"scenarios": views})


async def start_scenario(service: Service, contract: Contract, request: Request) -> Response:
    """Answer PUT of /worlds/{token}/scenario: reset the world into that state."""
    caller, token = await resolve_world(service, request)
    scenario = _scenario(contract, await read_json(request, dict[str, Any]))
    await resets.delete(service, caller.world)
    changed = replace(caller, account=scenario.apply(caller.account))
    # Stored at once: the next request would open the world with the listed account.
    await service.change(changed, lambda world, _: (world, None))
    return json_response(world_view(token, await service.look(caller)))


def _scenario(contract: Contract, data: dict[str, Any]) -> Scenario:
    name = data.get("name")
    if name is not None and (len(data) > 1 or name not in ready_made_scenarios()):
        names = ", ".join(ready_made_scenarios())
        raise http_error(422, f"Invalid scenario: name takes one of {names}, without other fields.")
    if "valid" in data:
        raise http_error(422, "Invalid scenario: valid works only in files that the server is started with.")
    try:
        return ready_made_scenario(name, contract) if name else make_scenario(data, contract)
    except ConfigurationError as error:
        raise invalid("scenario", error) from error
