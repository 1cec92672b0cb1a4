"""What happens in a run, as data; reports are its consumers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker
from contract_tests.runner.baseline import NO_BASELINE, Baseline
from contract_tests.runner.identity import Identity, identify
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
