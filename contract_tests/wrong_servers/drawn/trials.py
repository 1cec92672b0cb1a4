"""One run of the suite against one drawn server in the same process, and whether its result is as expected."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Secret
from contract_tests.runner.outcome import Outcome
from contract_tests.runner.run import Run
from contract_tests.runner.session import examine
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Account, Limits, Target, Timeouts
from contract_tests.wrong_servers.catalogue import BOTH, Mode
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.state import LEFT, LOW, ROLES, token_of
from contract_tests.wrong_servers.virtual_time import fast_time

# Where time cannot be virtual.
_FACTOR = 6
ONE_ROLE = ("primary",)
_BUDGET = Limits(credits=40, seconds=600, requests_per_second=20)
_TIMEOUTS = Timeouts(connect=30, reply=120, generation=180)
_FIGURES = {"low": LOW, "almost_limited": LEFT}
# A test that ended by an unexpected exception names the line; `a fault of the suite` is the suite's own word for it.
_FAULT = re.compile(r"a fault of the suite[^;]*|Traceback|\w+: .* \(\w+\.py:\d+\)", re.DOTALL)


@dataclass(frozen=True)
class Case:
    """A drawn server and the way in which the suite examines it.

    seed: the one of the draw. suite_seed: that of the suite. only: the rules to check, all if empty.
    """

    drawn: Draw
    mode: Mode
    roles: tuple[str, ...]
    seed: int
    suite_seed: int
    only: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"seed {self.seed}, {self.mode}, {'all roles' if self.roles == ROLES else ' and '.join(self.roles)}"


@dataclass(frozen=True)
class Result:
    """The result of a case: what was unexpected, and in `notes` the rules that passed although the server differs."""

    verdict: str
    decided: int
    charged: int
    spent: int
    cap: int
    seconds: float
    requests: int
    complaints: tuple[str, ...]
    notes: tuple[str, ...]
    verdicts: dict[str, str]
    reasons: dict[str, str]


def cases(drawn: Draw, seed: int, modes: Sequence[Mode] = BOTH) -> Iterator[Case]:
    """Yield the case of a draw first that its seed selects, then its other ones: either mode, all roles and one."""
    ways = list(product(modes, (ROLES, ONE_ROLE)))
    first = seed % len(ways)
    for mode, roles in ways[first:] + ways[:first]:
        yield Case(_under_control(drawn) if mode == "control" else drawn, mode, roles, seed, seed)


def _under_control(drawn: Draw) -> Draw:
    """Return the draw without what the target cannot state for the accounts that the suite opens."""
    # A clock that all accounts share, which the target does not declare, would be set for each of them.
    undeclared = ["lock scope"] if drawn["lock scope"] == "global, undeclared" else []
    return drawn.without([*undeclared, "sandbox"])


def run_case(case: Case) -> Result:
    """Run the suite against a drawn server, in virtual time."""
    with fast_time(_FACTOR) as pace:
        return _run(case, pace)


def _run(case: Case, pace: Pace) -> Result:
    server = Server(Service(case.drawn, pace, control=case.mode == "control"))
    with in_thread(server) as address:
        target = target_of(case, address)
        settings = Settings(target, seed=case.suite_seed, only=case.only)
        budget = Budget(settings.cap, target.budget.images)
        transport = transport_at(pace, target, budget)
        run = Run(settings, transport)
        outcome = examine(run)
        return _result(case, run, outcome, server)


def target_of(case: Case, address: str) -> Target:
    sandbox = case.drawn["sandbox"] != "none"
    return Target(
        base_url=f"{address}/api/v1",
        accounts={role: Account(role, Secret(token_of(role)), _FIGURES.get(role, 0), sandbox) for role in case.roles},
        control="mock" if case.mode == "control" else "none",
        lock_scope="global" if case.drawn["lock scope"] == "global" else "account",
        budget=_BUDGET,
        timeouts=_TIMEOUTS,
    )


def _result(case: Case, run: Run, outcome: Outcome, server: Server) -> Result:
    charged = sum(charge.credits for charge in server.service.accounts.charges)
    passed = {result.rule.id for result in outcome.of("passed")}
    complaints = [
        *(f"violated {result.rule.id}: {result.reason}" for result in outcome.of("violated")),
        *(
            f"differs {result.rule.id}: {result.reason}"
            for result in outcome.of("differs")
            if result.rule.id not in case.drawn.may_differ
        ),
        *_faults(outcome),
        *(f"fault of the server: {fault}" for fault in server.faults),
        *_nothing_decided(outcome),
        *_money(charged, run),
    ]
    return Result(
        verdict=outcome.verdict,
        decided=sum(result.decided for result in outcome.documented),
        charged=charged,
        spent=run.budget.spent,
        cap=run.budget.cap,
        seconds=run.seconds,
        requests=run.transport.requests,
        complaints=tuple(complaints),
        notes=tuple(sorted(case.drawn.differs & passed)),
        verdicts={result.rule.id: result.verdict for result in outcome.results},
        reasons={result.rule.id: result.reason for result in outcome.results if result.reason},
    )


def _faults(outcome: Outcome) -> Iterator[str]:
    texts = {outcome.stopped or "", *(result.reason for result in outcome.results if not result.decided)}
    for text in sorted(texts):
        if found := _FAULT.search(text):
            yield f"fault {found[0]}"
    if outcome.stopped and not _FAULT.search(outcome.stopped):
        yield f"stopped {outcome.stopped}"


def _nothing_decided(outcome: Outcome) -> Iterator[str]:
    """Yield a complaint about a run without any decision, which accuses no server, and shows nothing either."""
    if not any(result.decided for result in outcome.results):
        yield f"nothing decided: the run ended as {outcome.verdict} ({outcome.stopped or 'no reason given'})"


def _money(charged: int, run: Run) -> Iterator[str]:
    if not charged <= run.budget.spent <= run.budget.cap:
        yield f"money {charged} charged, {run.budget.spent} reported, cap {run.budget.cap}"
