"""The events of a run, as data: tests add decisions through a Verdict, reports consume them."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import Literal

from contract_tests.calibration.readings import Question
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker
from contract_tests.oracle.resources import Rule, load_rules
from contract_tests.runner.baseline import NO_BASELINE, Baseline, Identity, identify
from contract_tests.runner.plan import Plan

_MAX_STEPS = 30

Ending = Literal["passed", "violated", "differs", "accepted", "inconclusive", "skipped"]


@dataclass(frozen=True)
class PlanMade:
    plan: Plan
    baseline: Baseline = NO_BASELINE


@dataclass(frozen=True)
class PreflightFailed:
    reason: str


@dataclass(frozen=True)
class Decision:
    """A test checked a rule, which passed or did not.

    example: the value in this reply; decisions that differ only in it and in the call have the same cause.
    """

    test: str
    rule: str
    passed: bool
    expected: str = ""
    received: str = ""
    exchanges: tuple[Exchange, ...] = ()
    example: str = ""

    @property
    def identity(self) -> Identity:
        return identify(self.rule, self.expected, self.received, self.exchanges)

    @property
    def steps(self) -> tuple[Exchange, ...]:
        """The requests that show it, in the order in which they were sent; the last ones of many."""
        # Replies to concurrent calls may have arrived in another order.
        return tuple(sorted(self.exchanges, key=lambda exchange: exchange.sent))[-_MAX_STEPS:]

    @property
    def cause(self) -> Identity:
        """The identity without the call: a service that is wrong in one thing is so at many operations."""
        return replace(self.identity, call="")

    @property
    def observed(self) -> str:
        """The received value, with its example."""
        return f"{self.received}, {self.example}" if self.example else self.received


@dataclass(frozen=True)
class Observed:
    """A test saw how the service uses a freedom, whether it passed or not: the outcome of a question about settings."""

    test: str
    question: Question
    outcome: Hashable
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True)
class TestStarted:
    __test__ = False  # or pytest would collect it by its name

    test: str


@dataclass(frozen=True)
class TestEnded:
    """A test ended. undecided: why it could not decide the rest, if it found something before."""

    __test__ = False

    test: str
    outcome: Ending
    seconds: float
    reason: str = ""
    undecided: str = ""


@dataclass(frozen=True)
class Interrupted:
    reason: str


@dataclass(frozen=True)
class ReportsWritten:
    """The reports were written, except for the given ones, each with the reason.

    earlier: whether the folder still has those of an earlier run, since this one could not begin.
    """

    failed: tuple[str, ...] = ()
    earlier: bool = False


Event = PlanMade | PreflightFailed | Decision | Observed | TestStarted | TestEnded | Interrupted | ReportsWritten
Consumer = Callable[[Event], None]


@dataclass
class Events:
    """The log of a run; every event in it is masked."""

    masker: Masker
    log: list[Event] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)

    @property
    def reported(self) -> bool:
        """Whether the reports were written, or at least tried."""
        return any(isinstance(event, ReportsWritten) for event in self.log)

    @property
    def begun(self) -> bool:
        """Whether the target could be examined at all."""
        return not any(isinstance(event, PreflightFailed) for event in self.log)

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
            expected, received, example = map(self.masker, (event.expected, event.received, event.example))
            return replace(event, expected=expected, received=received, example=example)
        if isinstance(event, TestEnded):
            return replace(event, reason=self.masker(event.reason), undecided=self.masker(event.undecided))
        if isinstance(event, PreflightFailed | Interrupted):
            return replace(event, reason=self.masker(event.reason))
        return event


def describe(decision: Decision) -> str:
    """Return a finding as text: the rule, what was received and documented, and the commands that repeat it."""
    rule = load_rules()[decision.rule]
    lines = [
        f"{rule.id}: {rule.statement}",
        f"  Received:   {decision.observed}",
        f"  {basis(rule)}: {decision.expected}",
    ]
    steps = decision.steps
    return "\n".join(lines + [line for step in steps for line in _replay(step, steps[0].sent)])


def basis(rule: Rule) -> str:
    """Return where an expectation comes from: Documented, Platform, Inferred or Assumed."""
    return rule.origin.capitalize()


def _replay(exchange: Exchange, start: float) -> list[str]:
    return [
        f"  At {exchange.sent - start:.2f} s, {exchange.utc} ({exchange.role}): {exchange.curl}",
        f"  Answered {exchange.status} after {exchange.seconds:.2f} s: {exchange.response_body}",
    ]
