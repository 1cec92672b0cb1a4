"""From the events of a run to its findings, a verdict for each rule, and one for the whole run."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from contract_tests.oracle.resources import Rule
from contract_tests.runner.baseline import NO_BASELINE, Accepted, Baseline
from contract_tests.runner.events import (
    Decision,
    Event,
    Interrupted,
    PlanMade,
    PreflightFailed,
    ReportsWritten,
    TestEnded,
)
from contract_tests.runner.findings import Finding, find
from contract_tests.runner.plan import Plan, in_words

RuleVerdict = Literal["passed", "violated", "differs", "skipped", "inconclusive"]
RunVerdict = Literal["conforms", "violations", "incomplete"]


@dataclass(frozen=True)
class RuleResult:
    rule: Rule
    verdict: RuleVerdict
    reason: str = ""
    tests: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def decided(self) -> bool:
        return self.verdict not in {"skipped", "inconclusive"}

    @property
    def accepted(self) -> bool:
        """Whether all findings are accepted."""
        return bool(self.findings) and all(finding.accepted for finding in self.findings)


@dataclass
class _History:
    """The events of a run, by kind."""

    plan: Plan
    baseline: Baseline = NO_BASELINE
    stopped: str | None = None
    unwritten: tuple[str, ...] = ()
    earlier: bool = False
    decisions: list[Decision] = field(default_factory=list)
    ended: dict[str, TestEnded] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """The result of a run.

    gone: the accepted findings that were checked and no longer occur; unwritten: the reports that are missing, and why;
    earlier: the reports in the folder are those of an earlier run.
    """

    results: tuple[RuleResult, ...]
    stopped: str | None
    baseline: Baseline = NO_BASELINE
    gone: tuple[Accepted, ...] = ()
    unwritten: tuple[str, ...] = ()
    earlier: bool = False

    @property
    def verdict(self) -> RunVerdict:
        if self._open("violated"):
            return "violations"
        return "conforms" if self._enough and not self.stopped else "incomplete"

    @property
    def documented(self) -> list[RuleResult]:
        return [result for result in self.results if result.rule.documented]

    @property
    def _enough(self) -> bool:
        """Whether every documented rule was decided that was not skipped, and at least half of all."""
        # A run of assumptions alone (--only) is judged by these.
        results = self.documented or self.results
        decided = sum(result.decided for result in results)
        inconclusive = any(result.verdict == "inconclusive" for result in results)
        return not inconclusive and 0 < len(results) <= 2 * decided

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings: of documented rules first, accepted ones last."""
        found = [finding for result in self.results for finding in result.findings]
        return _open_first(sorted(found, key=lambda finding: not finding.rule.documented))

    @property
    def acceptances(self) -> list[Accepted]:
        """The baseline that accepts all findings, and keeps the accepted ones that this run did not check."""
        kept = [entry for entry in self.baseline.entries if entry not in self.gone]
        return kept + [each for finding in self.findings if not finding.accepted for each in finding.acceptances]

    def of(self, *verdicts: RuleVerdict) -> list[RuleResult]:
        return [result for result in self.results if result.verdict in verdicts]

    def exit_status(self, *, strict: bool) -> int:
        if self.verdict == "violations" or self.gone or (strict and self._open("differs")):
            return 1
        return 3 if self.verdict == "incomplete" or self.unwritten else 0

    def _open(self, verdict: RuleVerdict) -> bool:
        return any(not result.accepted for result in self.of(verdict))


def _open_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings, accepted ones last."""
    return tuple(sorted(findings, key=lambda finding: bool(finding.accepted)))


def conclude(events: Iterable[Event]) -> Outcome:
    """Return the result of a run from its events alone."""
    history = _history(events)
    findings = find(history.decisions, history.plan.rules, history.baseline)
    results = tuple(
        _result(rule, history, _open_first(finding for finding in findings if finding.rule == rule))
        for rule in history.plan.rules.values()
    )
    return Outcome(
        results, history.stopped, history.baseline, tuple(_gone(history)), history.unwritten, history.earlier
    )


def _history(events: Iterable[Event]) -> _History:
    history = _History(Plan((), {}, 0))
    for event in events:
        match event:
            case PlanMade(plan, baseline):
                history.plan, history.baseline = plan, baseline
            case PreflightFailed(reason) | Interrupted(reason):
                # The first one is the cause of others.
                history.stopped = history.stopped or reason
            case ReportsWritten(failed, earlier):
                history.unwritten, history.earlier = failed, earlier
            case Decision():
                history.decisions.append(event)
            case TestEnded():
                history.ended[event.test] = event
    return history


def _result(rule: Rule, history: _History, findings: tuple[Finding, ...]) -> RuleResult:
    if findings:
        tests = tuple(dict.fromkeys(decision.test for decision in history.decisions if decision.rule == rule.id))
        return RuleResult(rule, rule.contradicted, _summary(findings), tests, findings)
    tests = tuple(_passing(rule, history))
    inconclusive, skips = list(_inconclusive(rule, history, tests)), list(_skips(rule, history, tests))
    if tests:
        return RuleResult(rule, "passed", _joined(inconclusive + skips), tests)
    return RuleResult(rule, "inconclusive" if inconclusive else "skipped", _joined(inconclusive or skips))


def _passing(rule: Rule, history: _History) -> Iterator[str]:
    """Yield the tests by which the rule passes: those that are for it, decided it and were not inconclusive in the end.

    Another test, or chance, may meet the rule on its way: it can break the rule and does not pass it.
    """
    declared = {entry.name for entry in history.plan.entries if rule.id in entry.decides.rules}
    for test in dict.fromkeys(decision.test for decision in history.decisions if decision.rule == rule.id):
        ended = history.ended.get(test) if test in declared else None
        # A test that never ended was interrupted.
        if ended is not None and ended.outcome != "inconclusive":
            yield test


def _summary(findings: tuple[Finding, ...]) -> str:
    first = findings[0]
    more = f"; {len(findings) - 1} more" if len(findings) > 1 else ""
    accepted = f"accepted ({first.accepted}): " if first.accepted else ""
    return f"{accepted}expected {first.expected}; received {first.received}{more}"


def _gone(history: _History) -> Iterator[Accepted]:
    for entry in history.baseline.entries:
        decisions = [decision for decision in history.decisions if decision.rule == entry.rule]
        if any(entry.covers(decision.identity) for decision in decisions if not decision.passed):
            continue
        checked = {decision.test for decision in decisions if _completed(history, decision.test)}
        known = {planned.name for planned in history.plan.entries}
        # If the test that made it is not named or no longer exists, any test of its rule shows that it is gone.
        if entry.test in checked or (checked and entry.test not in known):
            yield entry


def _completed(history: _History, test: str) -> bool:
    """Return whether a test ran to its end, so that a finding it did not make is gone."""
    ended = history.ended.get(test)
    return ended is not None and ended.outcome not in {"inconclusive", "skipped"}


def _joined(reasons: Iterable[tuple[str, str]]) -> str:
    """Return the reasons of several tests as one text: each reason once, with its tests."""
    tests: dict[str, list[str]] = {}
    for test, reason in reasons:
        if not reason:
            continue
        tests.setdefault(reason, []).append(in_words(test))
    return "; ".join(
        f"{reason} ({', '.join(filter(None, names))})".removesuffix(" ()") for reason, names in tests.items()
    )


def _inconclusive(rule: Rule, history: _History, decided: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield, for each test that should have checked the rule and did not, its name and why."""
    for entry in history.plan.selected:
        if rule.id not in entry.decides.rules or entry.name in decided:
            continue
        ended = history.ended.get(entry.name)
        if ended is None:
            yield "", f"not checked: {history.stopped or 'the run ended before'}"
        elif ended.outcome == "inconclusive":
            yield entry.name, ended.reason
        elif ended.outcome in {"violated", "differs", "accepted"}:
            early = f"the test ended early: {ended.reason.partition(':')[0]} was not met"
            yield entry.name, ended.undecided or early


def _skips(rule: Rule, history: _History, decided: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for entry in history.plan.selected:
        ended = history.ended.get(entry.name)
        if rule.id in entry.decides.rules and entry.name not in decided and ended and ended.outcome == "skipped":
            yield entry.name, ended.reason
    if not decided:
        yield "", history.plan.needed(rule.id) or history.plan.undecided().get(rule.id, "")
