"""A calibration of a drawn server in this process, without sockets; its generations take milliseconds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import httpx
from msgspec.structs import replace as with_values

from contract_tests.calibration.conduct import Conductor
from contract_tests.calibration.measurement import Measurement
from contract_tests.client.budget import Budget
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.wrong_servers.drawn.drawing import named
from contract_tests.wrong_servers.drawn.service import Request, Service
from contract_tests.wrong_servers.drawn.trials import Case, target_of
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at

# Slow enough for a reply to arrive in time on a busy machine.
FACTOR = 20


@dataclass(frozen=True)
class Measured:
    """A service with what is measured of it. conductor: of its experiments."""

    service: Service
    measurement: Measurement
    conductor: Conductor

    @property
    def charged(self) -> int:
        return sum(charge.credits for charge in self.service.accounts.charges)

    @property
    def requests(self) -> int:
        return self.measurement.run.transport.requests

    def shown(self) -> Mapping[str, Any]:
        """Return the outcome of each question that has one alone, by its name."""
        return {each.question.name: each.outcome for each in self.measurement.evidence.findings()}

    def samples(self, name: str) -> int:
        return max(len(each.exchanges) for each in self.measurement.evidence.findings() if each.question.name == name)

    def conduct(self, name: str) -> None:
        """Conduct an experiment by its name."""
        self.conductor.conduct(next(each for each in self.measurement.experiments if each.name == name))


def measured(
    *roles: str, ways: Mapping[str, str] = MappingProxyType({}), cap: int = 10, factor: float = FACTOR, **more: str
) -> Measured:
    """Return a drawn server, by the names of its ways, with the accounts of some roles."""
    drawn, pace = named(**ways, **more), Pace(factor)
    service = Service(drawn, pace, control=False)
    case = Case(drawn, "black-box", tuple(dict.fromkeys(("primary", *roles))), 1, 1)
    target = target_of(case, "http://127.0.0.1:9")
    target = replace(target, budget=with_values(target.budget, requests_per_second=10_000))
    client = httpx.Client(transport=httpx.MockTransport(lambda request: _answer(service, request)))
    transport = transport_at(pace, target, Budget(cap), client)
    measurement = Measurement(Run(Settings(target, seed=1, max_credits=cap), transport))
    return Measured(service, measurement, Conductor(measurement.run, measurement.evidence))


def _answer(service: Service, request: httpx.Request) -> httpx.Response:
    request.read()
    reply = service.answer(Request(request.method, request.url.path, dict(request.headers), request.content))
    content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    headers = {**reply.headers, **({"content-type": reply.media_type} if reply.media_type else {})}
    return httpx.Response(reply.status, headers=headers, content=content)
