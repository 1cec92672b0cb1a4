"""What happens in a run, as data; reports are its consumers."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from contract_tests.exchange import Exchange
from contract_tests.plan import Plan
from contract_tests.secret import Masker

Ending = Literal["passed", "broken", "differs", "could_not_look", "skipped"]


@dataclass(frozen=True)
class PlanMade:
    plan: Plan


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
    def evidence(self) -> list[dict[str, Any]]:
        if not self.exchanges:
            return [{"curl": "", "request": {}, "response": {}, "expected": self.expected, "received": self.received}]
        return [exchange.evidence(self.expected, self.received) for exchange in self.exchanges]


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


Event = PlanMade | PreflightFailed | Decision | TestEnded | Interrupted
Consumer = Callable[[Event], None]


@dataclass
class Events:
    """The log of a run. No token gets into it."""

    masker: Masker
    log: list[Event] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)

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
