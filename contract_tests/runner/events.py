"""What happens in a run, as data; tests state it by a Verdict, and reports are its consumers."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Literal

from contract_tests.client.call import Exchange, Reply
from contract_tests.client.masking import Masker
from contract_tests.errors import CouldNotLookError, RuleBrokenError
from contract_tests.oracle.contract import Contract
from contract_tests.oracle.resources import Rule, load_rules
from contract_tests.runner.baseline import NO_BASELINE, Baseline, Identity, identify
from contract_tests.runner.plan import Plan

Ending = Literal["passed", "broken", "differs", "accepted", "could_not_look", "skipped"]


@dataclass(frozen=True)
class PlanMade:
    plan: Plan
    baseline: Baseline = NO_BASELINE


@dataclass(frozen=True)
class PreflightFailed:
    reason: str


@dataclass(frozen=True)
class Decision:
    """A rule was looked at in a test, and held or not."""

    test: str
    rule: str
    held: bool
    expected: str = ""
    received: str = ""
    exchanges: tuple[Exchange, ...] = ()

    @property
    def identity(self) -> Identity:
        return identify(self.rule, self.expected, self.received, self.exchanges)


@dataclass(frozen=True)
class TestStarted:
    __test__ = False

    test: str


@dataclass(frozen=True)
class TestEnded:
    __test__ = False

    test: str
    outcome: Ending
    seconds: float
    reason: str = ""


@dataclass(frozen=True)
class Interrupted:
    reason: str


Event = PlanMade | PreflightFailed | Decision | TestStarted | TestEnded | Interrupted
Consumer = Callable[[Event], None]


@dataclass
class Events:
    """The log of a run. No token gets into it."""

    masker: Masker
    log: list[Event] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)

    @property
    def plan(self) -> Plan | None:
        """The plan of the run, once it is made."""
        return next((event.plan for event in self.log if isinstance(event, PlanMade)), None)

    @property
    def ended(self) -> list[TestEnded]:
        return [event for event in self.log if isinstance(event, TestEnded)]

    def emit(self, event: Event) -> None:
        masked = self._masked(event)
        self.log.append(masked)
        for consumer in self.consumers:
            consumer(masked)

    def _masked(self, event: Event) -> Event:
        if isinstance(event, Decision):
            return replace(event, expected=self.masker(event.expected), received=self.masker(event.received))
        if isinstance(event, TestEnded | PreflightFailed | Interrupted):
            return replace(event, reason=self.masker(event.reason))
        return event


class Verdict:
    """The decisions of one test. Rules that the run does not ask for are not recorded."""

    def __init__(self, test: str, events: Events, contract: Contract, wanted: Container[str]) -> None:
        self._test, self._events, self._contract, self._wanted = test, events, contract, wanted
        self.decided: set[str] = set()
        self.broken: list[Decision] = []

    def expect(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> bool:
        """Decide a rule and go on; the test fails at its end if any decision was against the service."""
        if rule not in load_rules():
            raise LookupError(f"{self._test} decides {rule}, which is no rule")
        if rule not in self._wanted:
            return holds
        decision = Decision(self._test, rule, holds, expected, received, _exchanges(by))
        self.decided.add(rule)
        if not holds:
            self.broken.append(decision)
        self._events.emit(decision)
        return holds

    def require(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> None:
        """Decide a rule without which the test cannot go on."""
        if self.expect(rule, holds, expected=expected, received=received, by=by):
            return
        self.finish()
        raise CouldNotLookError(f"{rule} does not hold (expected {expected}; received {received})")

    def finish(self) -> None:
        """Raise RuleBrokenError with all that was found, if anything was."""
        if self.broken:
            raise RuleBrokenError("\n\n".join(describe(decision) for decision in self.broken))

    def observe(self, operation: str, reply: Reply, *, authorized: bool = True) -> None:
        """Hold a reply against the document; every call of an operation comes by here."""
        findings = list(self._contract.findings(operation, reply, authorized=authorized))
        for finding in findings:
            self.expect(finding.rule, False, expected=finding.expected, received=finding.received, by=reply)
        if not findings and reply.status == 200 and "SHAPE" not in self.decided:
            self.expect("SHAPE", True, expected="the documented shape", received="it", by=())


def describe(decision: Decision) -> str:
    """A finding as text: the rule, what was received and documented, and the calls that repeat it."""
    rule = load_rules()[decision.rule]
    lines = [
        f"{rule.id}: {rule.statement}",
        f"  Received:   {decision.received}",
        f"  {basis(rule)}: {decision.expected}",
    ]
    steps = sorted(decision.exchanges, key=lambda exchange: exchange.sent)
    return "\n".join(lines + [line for step in steps for line in _replay(step, steps[0].sent)])


def basis(rule: Rule) -> str:
    """What an expectation rests on, in a word."""
    return "Documented" if rule.documented else f"Assumed ({rule.source})"


def _replay(exchange: Exchange, start: float) -> list[str]:
    return [
        f"  At {exchange.sent - start:.2f} s ({exchange.role}): {exchange.curl}",
        f"  Answered {exchange.status} after {exchange.seconds:.2f} s: {exchange.response_body}",
    ]


def _exchanges(by: Reply | Exchange | tuple[Reply, ...]) -> tuple[Exchange, ...]:
    if isinstance(by, Exchange):
        return (by,)
    return tuple(reply.exchange for reply in (by if isinstance(by, tuple) else (by,)))
