"""From the events of a run to a verdict for each rule and for the whole."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from contract_tests.events import Decision, Event, Interrupted, PlanMade, PreflightFailed, TestEnded
from contract_tests.plan import Plan
from contract_tests.rules import Rule

RuleVerdict = Literal["held", "violated", "differs", "skipped", "could_not_look"]
RunVerdict = Literal["conforms", "violations", "incomplete"]
_MOST_EVIDENCE = 5


@dataclass(frozen=True)
class RuleResult:
    rule: Rule
    verdict: RuleVerdict
    reason: str = ""
    tests: tuple[str, ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()


@dataclass
class _History:
    """The events of a run, sorted by what is asked of them."""

    plan: Plan
    stopped: str | None = None
    decisions: list[Decision] = field(default_factory=list)
    ended: dict[str, TestEnded] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    results: tuple[RuleResult, ...]
    stopped: str | None

    @property
    def verdict(self) -> RunVerdict:
        verdicts = {result.verdict for result in self.results}
        if "violated" in verdicts:
            return "violations"
        blind = any(result.rule.documented and result.verdict == "could_not_look" for result in self.results)
        held = any(result.rule.documented and result.verdict == "held" for result in self.results)
        wanted = any(result.rule.documented for result in self.results)
        exercised = held or (not wanted and not verdicts <= {"skipped", "could_not_look"})
        return "incomplete" if self.stopped or blind or not exercised else "conforms"

    def of(self, *verdicts: RuleVerdict) -> list[RuleResult]:
        return [result for result in self.results if result.verdict in verdicts]

    def exit_status(self, *, strict: bool) -> int:
        if self.verdict == "violations" or (strict and self.of("differs")):
            return 1
        return 3 if self.verdict == "incomplete" else 0


def conclude(events: Iterable[Event]) -> Outcome:
    """Judge a run by its events alone."""
    history = _history(events)
    results = tuple(_result(rule, history) for rule in history.plan.rules.values())
    return Outcome(results, history.stopped)


def _history(events: Iterable[Event]) -> _History:
    history = _History(Plan((), {}, 0))
    for event in events:
        match event:
            case PlanMade(plan):
                history.plan = plan
            case PreflightFailed(reason) | Interrupted(reason):
                history.stopped = reason
            case Decision():
                history.decisions.append(event)
            case TestEnded():
                history.ended[event.test] = event
    return history


def _result(rule: Rule, history: _History) -> RuleResult:
    decisions = [decision for decision in history.decisions if decision.rule == rule.id]
    tests = tuple(dict.fromkeys(decision.test for decision in decisions))
    broken = [decision for decision in decisions if not decision.held]
    if broken:
        evidence = tuple(entry for decision in broken for entry in decision.evidence)[:_MOST_EVIDENCE]
        verdict: RuleVerdict = "violated" if rule.documented else "differs"
        return RuleResult(
            rule, verdict, f"expected {broken[0].expected}; received {broken[0].received}", tests, evidence
        )
    blind, skips = _joined(_blind(rule, history, tests)), _joined(_skips(rule, history, tests))
    if blind:
        return RuleResult(rule, "could_not_look", blind, tests)
    return RuleResult(rule, "held" if tests else "skipped", skips, tests)


def _joined(reasons: Iterable[tuple[str, str]]) -> str:
    """The reasons of several tests as one text, each once, with the tests that it holds for."""
    tests: dict[str, list[str]] = {}
    for test, reason in reasons:
        tests.setdefault(reason, []).append(test.partition("::")[2])
    return "; ".join(
        f"{reason} ({', '.join(filter(None, names))})".removesuffix(" ()") for reason, names in tests.items()
    )


def _blind(rule: Rule, history: _History, decided: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Why the rule could not be looked at, by each test that should have."""
    for entry in history.plan.selected:
        if rule.id not in entry.decides.rules or entry.name in decided:
            continue
        ended = history.ended.get(entry.name)
        if ended is None:
            yield "", f"not examined: {history.stopped or 'the run ended before'}"
        elif ended.outcome == "could_not_look":
            yield entry.name, ended.reason
        elif ended.outcome in {"broken", "differs"}:
            yield entry.name, f"it ended before, since {ended.reason.partition(':')[0]} does not hold"


def _skips(rule: Rule, history: _History, decided: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for entry in history.plan.selected:
        ended = history.ended.get(entry.name)
        if rule.id in entry.decides.rules and entry.name not in decided and ended and ended.outcome == "skipped":
            yield entry.name, ended.reason
    if not decided:
        yield from history.plan.reasons_undecided().get(rule.id, [])
