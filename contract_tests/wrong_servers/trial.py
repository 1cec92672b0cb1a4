"""One run of the suite against one server in a process of its own, and all that it decided."""

import re
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from contract_tests.checks.decisions import Decides
from contract_tests.client.budget import Budget
from contract_tests.client.masking import Secret
from contract_tests.runner.events import Consumer, Decision
from contract_tests.runner.outcome import Outcome
from contract_tests.runner.run import Run
from contract_tests.runner.session import examine
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import Account, Limits, Target, Timeouts
from contract_tests.wrong_servers.catalogue import Entry, Mode
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.serving import GENERATION_SECONDS, server
from contract_tests.wrong_servers.state import LEFT, LOW, ROLES, token_of
from contract_tests.wrong_servers.virtual_time import fast_time

REPORTS = ("report.json", "junit.xml")
_LOW_OF_THE_MOCK = 2  # the credits of demo-low in fixtures/accounts.yaml
_ADDRESS = re.compile(r"http://[^/\s]+")
_BUDGET = Limits(credits=40, seconds=600, requests_per_second=200)
_TIMEOUTS = Timeouts(connect=3, reply=20, generation=30)
# Most requests to a broken server wait in vain.
_SHORT_TIMEOUTS = Timeouts(connect=1, reply=1, generation=3)


class NotStartedError(Exception):
    """The process ended before it printed its address."""


@contextmanager
def running(entry: Entry, mode: Mode, roles: Collection[str] = ROLES) -> Iterator[tuple[Target, Pace]]:
    """Run the server, in threads and virtual time where it can be; raise NotStartedError if it does not start."""
    # A broken one may end its process.
    if entry.is_mock or entry.kind == "broken":
        with _in_process(entry, mode) as address:
            yield target_of(entry, mode, address, roles), Pace()
        return
    with (
        fast_time(otherwise=1) as pace,
        in_thread(server(entry.name, control=mode == "control", pace=pace)) as address,
    ):
        yield target_of(entry, mode, address, roles), pace


@contextmanager
def _in_process(entry: Entry, mode: Mode) -> Iterator[str]:
    with TemporaryDirectory() as folder:
        command = _command(entry, mode, Path(folder))
        # Not a pipe, which would block the server when it is full.
        with (Path(folder) / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield _address(process)
        finally:
            process.kill()
            process.communicate()


def _command(entry: Entry, mode: Mode, folder: Path) -> list[str]:
    if not isinstance(entry.source, Mapping):
        control = ["--control"] if mode == "control" else []
        return [sys.executable, "-m", "contract_tests.wrong_servers", "serve", entry.name, *control]
    behaviour = folder / "behaviour.yaml"
    behaviour.write_text(yaml.safe_dump(dict(entry.source)), encoding="utf-8")
    options = {"--port": "0", "--generation-time": str(GENERATION_SECONDS), "--behaviour": str(behaviour)}
    command = [sys.executable, "-m", "mock_server", "serve", *(word for option in options.items() for word in option)]
    return [*command, "--no-control"] if mode == "black-box" else command


def _address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := _ADDRESS.search(line):
            return found[0]
    raise NotStartedError(f"a server did not start; its exit status is {process.wait()}")


def target_of(entry: Entry, mode: Mode, origin: str, roles: Collection[str] = ROLES) -> Target:
    """Return the target for a server that listens at `origin`, with an account for each role."""
    return Target(
        base_url=f"{origin}/api/v1",
        accounts={
            role: Account(role, Secret(_token(entry, role)), _figure(entry, role), entry.sandbox) for role in roles
        },
        control="mock" if mode == "control" else "none",
        # A wrong server that shares its lock does not declare it.
        lock_scope="global" if entry.shares_lock and entry.kind == "conforming" else "account",
        budget=_BUDGET,
        timeouts=_SHORT_TIMEOUTS if entry.kind == "broken" else _TIMEOUTS,
    )


def _figure(entry: Entry, role: str) -> int:
    figures = {"low": _LOW_OF_THE_MOCK, "almost_limited": 1} if entry.is_mock else {"low": LOW, "almost_limited": LEFT}
    return figures.get(role, 0)


def _token(entry: Entry, role: str) -> str:
    if not entry.is_mock:
        return token_of(role)
    return "demo" if role == "primary" else f"demo-{role.replace('_', '-')}"


@dataclass(frozen=True, order=True)
class Decided:
    """A rule that a test decided for or against the server, and the accounts that the test uses.

    A decision for the server counts as in the outcome: by a test that is for the rule and did not end inconclusive.
    """

    rule: str
    test: str
    passed: bool
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """The result of one run of the suite against one server.

    reached: of a generated server, whether its decision was ever another one than that of a conforming server. cpu: the
    seconds that suite and server computed, whatever else the machine does.
    """

    name: str
    mode: Mode
    seed: int
    exit_status: int
    seconds: float
    violated: tuple[str, ...]
    differs: tuple[str, ...]
    reasons: dict[str, str]
    stopped: str | None
    reports: bool
    decided: tuple[Decided, ...] = ()
    reached: bool | None = None
    cpu: float = 0


def run_trial(
    entry: Entry,
    mode: Mode,
    seed: int,
    only: tuple[str, ...] = (),
    roles: Collection[str] = ROLES,
    consumers: Iterable[Consumer] = (),
) -> Trial:
    """Run the suite against a server, for the rules in `only` or for all, with the accounts of these roles."""
    start, cpu = time.monotonic(), time.process_time()
    with running(entry, mode, roles) as (target, pace), TemporaryDirectory() as folder:
        settings = Settings(target, seed=seed, only=only, report=Path(folder))
        run = Run(settings, transport_at(pace, target, Budget(settings.cap, target.budget.images)))
        run.events.consumers += consumers
        outcome = examine(run)
        reports = all((Path(folder) / name).is_file() for name in REPORTS)
    return Trial(
        name=entry.name,
        mode=mode,
        seed=seed,
        exit_status=outcome.exit_status(strict=False),
        seconds=time.monotonic() - start,
        violated=_rules(outcome, "violated"),
        differs=_rules(outcome, "differs"),
        reasons={result.rule.id: f"{result.verdict}: {result.reason}" for result in outcome.results if result.reason},
        stopped=outcome.stopped,
        reports=reports,
        decided=tuple(sorted(set(_decided(run)))),
        reached=getattr(entry.source, "reached", None),
        cpu=time.process_time() - cpu,
    )


def _decided(run: Run) -> Iterator[Decided]:
    plan, ended = run.events.plan, {event.test: event.outcome for event in run.events.ended}
    declared = {entry.name: entry.decides for entry in plan.entries} if plan else {}
    for decision in (event for event in run.events.log if isinstance(event, Decision)):
        decides = declared.get(decision.test, Decides(()))
        conclusive = ended.get(decision.test, "inconclusive") != "inconclusive"
        if not decision.passed or (conclusive and decision.rule in decides.rules):
            yield Decided(decision.rule, decision.test, decision.passed, _roles(decides))


def _roles(decides: Decides) -> tuple[str, ...]:
    # A test uses the role with which it is free wherever there is one.
    return tuple(dict.fromkeys((*decides.roles, *filter(None, [decides.free_with_role]))))


def _rules(outcome: Outcome, verdict: str) -> tuple[str, ...]:
    return tuple(result.rule.id for result in outcome.results if result.verdict == verdict)
