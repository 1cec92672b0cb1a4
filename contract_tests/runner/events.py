"""The events of a run, as data: tests add decisions through a Verdict, reports consume them."""

from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Literal, NoReturn

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker
from contract_tests.client.recording import excerpt
from contract_tests.errors import InconclusiveError, RuleBrokenError
from contract_tests.oracle.contract import Contract
from contract_tests.oracle.oracle import Deviation
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
class TestStarted:
    __test__ = False  # or pytest would collect it by its name

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


@dataclass(frozen=True)
class ReportsWritten:
    """The reports were written, except for the given ones, each with the reason."""

    failed: tuple[str, ...] = ()


Event = PlanMade | PreflightFailed | Decision | TestStarted | TestEnded | Interrupted | ReportsWritten
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
        if isinstance(event, TestEnded | PreflightFailed | Interrupted):
            return replace(event, reason=self.masker(event.reason))
        return event


class Verdict:
    """Collects the decisions of one test about the rules that the run asks for."""

    def __init__(self, test: str, events: Events, contract: Contract, wanted: Container[str]) -> None:
        self._test, self._events, self._contract, self._wanted = test, events, contract, wanted
        self.decided: set[str] = set()
        self.broken: list[Decision] = []

    def expect(
        self,
        rule: str,
        holds: bool,
        *,
        expected: str,
        received: str,
        example: str = "",
        by: Reply | Exchange | tuple[Reply, ...] = (),
    ) -> bool:
        """Decide a rule and continue; the test fails at its end if any decision was against the service."""
        if rule not in load_rules():
            raise LookupError(f"{self._test} decides the unknown rule {rule}")
        if rule not in self._wanted:
            return holds
        # Masked here, so that the finding is the same for a baseline; cut, since a service may repeat anything.
        texts = [excerpt(self._events.masker(text)) for text in (expected, received, example)]
        decision = Decision(self._test, rule, holds, texts[0], texts[1], _exchanges(by), texts[2])
        self.decided.add(rule)
        if not holds:
            self.broken.append(decision)
        self._events.emit(decision)
        return holds

    def require(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> None:
        """Decide a rule that the rest of the test depends on; raise RuleBrokenError if it does not pass."""
        if self.expect(rule, holds, expected=expected, received=received, by=by):
            return
        self._end(rule, expected, received)

    def step(
        self, rule: str, holds: bool, *, expected: str, received: str, by: Reply | Exchange | tuple[Reply, ...] = ()
    ) -> None:
        """Take a step on the way to a decision: it can break the rule, as `require` does, and never passes it."""
        if not holds:
            self.require(rule, holds, expected=expected, received=received, by=by)

    def _end(self, rule: str, expected: str, received: str) -> NoReturn:
        self.finish()
        # Reached if the run does not ask for the rule (--only), so that its breach is not a finding.
        raise InconclusiveError(f"{rule} was not met (expected {expected}; received {received})")

    def expect_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> bool:
        """Decide a rule by the status of a reply and continue. by: the replies that show it, if not this one alone."""
        expected, received = f"{status} {when}".strip(), str(reply.status)
        return self.expect(rule, reply.status == status, expected=expected, received=received, by=by or reply)

    def require_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> None:
        """Decide a rule by the status of a reply; raise as `require` does."""
        expected, received = f"{status} {when}".strip(), str(reply.status)
        self.require(rule, reply.status == status, expected=expected, received=received, by=by or reply)

    def step_status(
        self, rule: str, reply: Reply, status: int, when: str = "", *, by: Reply | tuple[Reply, ...] = ()
    ) -> None:
        """Take a step by the status of a reply, as `step` does."""
        if reply.status != status:
            self.require_status(rule, reply, status, when, by=by)

    def report(self, deviation: Deviation, *, by: Reply | tuple[Reply, ...]) -> None:
        """Decide against the service."""
        self.expect(
            deviation.rule,
            False,
            expected=deviation.expected,
            received=deviation.received,
            example=deviation.example,
            by=by,
        )

    def finish(self) -> None:
        """Raise RuleBrokenError with all decisions against the service, if there are any."""
        if self.broken:
            raise RuleBrokenError("\n\n".join(describe(decision) for decision in self.broken))

    def observe(self, operation: str, reply: Reply, *, authorized: bool = True) -> None:
        """Report what a reply contradicts in the document; every call of an operation passes through here."""
        for deviation in self._contract.deviations(operation, reply, authorized=authorized):
            self.report(deviation, by=reply)


class SilentVerdict(Verdict):
    """Decides nothing by the document alone, for requests that their caller knows more about."""

    def observe(self, *_: object, **__: object) -> None:
        """Do nothing."""


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


def _exchanges(by: Reply | Exchange | tuple[Reply, ...]) -> tuple[Exchange, ...]:
    if isinstance(by, Exchange):
        return (by,)
    return tuple(reply.exchange for reply in (by if isinstance(by, tuple) else (by,)))
