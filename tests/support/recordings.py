"""Recordings of services in this process."""

from collections.abc import Callable
from pathlib import Path

import httpx

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.recordings.plan import make_plan
from contract_tests.recordings.record import record_in
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Account, Limits, Target, Timeouts
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.state import LEFT, LOW, ROLES, token_of
from contract_tests.wrong_servers.virtual_time import fast_time

# Where time cannot be virtual: fast enough for a test, slow enough for calls to overlap.
_FACTOR = 40
_FIGURES = {"low": LOW, "almost_limited": LEFT}


def accounts(roles: tuple[str, ...] = ROLES, *, sandbox: bool = False) -> dict[str, Account]:
    return {role: Account(role, Secret(token_of(role)), _FIGURES.get(role, 0), sandbox) for role in roles}


def record_drawn(
    drawn: Draw, out: Path, cap: int = 40, seed: int = 7, roles: tuple[str, ...] = ROLES
) -> tuple[int, int]:
    """Record from a drawn server; return the exit status and the credits that the server charged."""
    with fast_time(_FACTOR) as pace:
        return _record_drawn(drawn, out, cap, seed, roles, pace)


def _record_drawn(drawn: Draw, out: Path, cap: int, seed: int, roles: tuple[str, ...], pace: Pace) -> tuple[int, int]:
    server = Server(Service(drawn, pace, control=False))
    with in_thread(server) as address:
        target = Target(
            f"{address}/api/v1",
            accounts(roles, sandbox=drawn["sandbox"] != "none"),
            lock_scope="global" if drawn["lock scope"] == "global" else "account",
            budget=Limits(credits=40, seconds=3600, requests_per_second=100),
            timeouts=Timeouts(connect=60, reply=240, generation=360),
        )
        settings = Settings(target, seed=seed, max_credits=cap)
        transport = transport_at(pace, target, Budget(cap))
        status = record_in(out, Run(settings, transport), make_plan(target, cap))
    assert server.faults == []
    return status, sum(charge.credits for charge in server.service.accounts.charges)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def answering(answer: Callable[[httpx.Request], httpx.Response], clock: Clock, cap: int = 9) -> Run:
    """Return a run of one account against a function, in virtual time."""
    target = Target("http://127.0.0.1:9/api/v1", accounts(("primary",)), budget=Limits(requests_per_second=1000))
    client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False)
    budget = Budget(cap)
    transport = Transport(target, Masker(target.secrets), budget, client=client, clock=clock, sleep=clock.sleep)
    return Run(Settings(target, seed=7, max_credits=cap), transport)


def record(run: Run, out: Path) -> int:
    """Record a run; return the exit status."""
    return record_in(out, run, make_plan(run.target, run.budget.cap))
