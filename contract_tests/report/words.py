"""Phrases and values that all reports share."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.client.call import TOKEN_VARIABLE, token_variable
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.facts import counted
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome, RuleResult
from contract_tests.runner.plan import in_words
from contract_tests.runner.run import Run
from contract_tests.runner.ways import alternatives

# The verdicts of rules, worst first.
ORDER = ("violated", "differs", "inconclusive", "accepted", "skipped", "passed")
_WIDTH = 90
# A reply that is quoted could move the cursor or reprogram the terminal; tabs and new lines are harmless.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def verdict_of(result: RuleResult) -> str:
    """Return the verdict as reports show it: "accepted" where all findings are."""
    return "accepted" if result.accepted else result.verdict


def ranked(outcome: Outcome) -> list[RuleResult]:
    """Return the rules, worst verdict first."""
    return sorted(outcome.results, key=lambda result: ORDER.index(verdict_of(result)))


def finding_verdict(finding: Finding) -> str:
    """Return the verdict of a single finding, as reports show it."""
    return "accepted" if finding.accepted else finding.rule.contradicted


def headline(outcome: Outcome) -> str:
    """Return the verdict of the run as a headline."""
    if outcome.verdict == "violations":
        return "Violates the documentation"
    if outcome.verdict == "incomplete":
        return "Not enough could be checked"
    return "Conforms, but the baseline is out of date" if outcome.gone else "Conforms"


def sentence(outcome: Outcome) -> str:
    """Return the verdict of the run as a sentence without its subject, the service."""
    documented = outcome.documented
    passed = sum(1 for result in documented if result.verdict == "passed")
    count = f"{passed} of {len(documented)} documented rules passed"
    if outcome.verdict == "violations":
        broken = ", ".join(result.rule.id for result in outcome.of("violated") if not result.accepted)
        return f"VIOLATES the documentation: {broken} ({count}{_besides(outcome)})."
    if outcome.verdict == "incomplete":
        stopped = f": {outcome.stopped.rstrip('.')}" if outcome.stopped else ""
        looked = sum(1 for result in documented if result.decided)
        seen = f"{looked} of {len(documented)} documented rules checked, nothing found" if looked else ""
        return f"could not be checked well enough{stopped or f': {seen or count}'}{_besides(outcome)}."
    skipped = sum(1 for result in documented if result.verdict == "skipped")
    return f"conforms: {count}{f', {skipped} skipped' if skipped else ''}{_besides(outcome)}."


def _besides(outcome: Outcome) -> str:
    differs = sum(1 for result in outcome.of("differs") if not result.accepted)
    accepted = sum(1 for finding in outcome.findings if finding.accepted)
    parts = (
        (differs, "assumption differs", "assumptions differ"),
        (accepted, "finding is accepted", "findings are accepted"),
        (len(outcome.gone), "accepted finding is gone", "accepted findings are gone"),
    )
    return "".join(f"; {counted(number, one, many)}" for number, one, many in parts if number)


def gone_lines(outcome: Outcome) -> Iterator[str]:
    """Yield what to do about each accepted finding that no longer occurs."""
    for entry in outcome.gone:
        yield f"The accepted finding {entry} no longer occurs: remove it from {outcome.baseline.path}."


def started(run: Run) -> datetime:
    # The clock of a run is monotonic and has no date.
    return datetime.now(UTC) - timedelta(seconds=run.seconds)


def figures(run: Run) -> str:
    spent = f"{run.budget.spent} of {run.budget.cap} credits"
    return f"{spent}, {counted(run.transport.requests, 'request')}, {run.seconds:.1f} seconds"


def variables(outcome: Outcome) -> list[tuple[str, str]]:
    """Return each account in the findings with the shell variable that stands for its token."""
    exchanges = (exchange for finding in outcome.findings for exchange in finding.exchanges if exchange.authorization)
    names = {token_variable(exchange.role): exchange.role for exchange in exchanges}
    # `anonymous` has no token and uses the variable of `primary`.
    return [("primary" if variable == TOKEN_VARIABLE else role, variable) for variable, role in sorted(names.items())]


def times(finding: Finding) -> str:
    """Return how often a finding was made, and by which tests."""
    often = "" if finding.times == 1 else f"{finding.times} times, "
    return f"{often}by {'; '.join(map(in_words, finding.tests))}"


def commands_note(outcome: Outcome) -> str:
    """Return what the commands of the findings need to be repeated."""
    tokens = ", ".join(f"{role} ${variable}" for role, variable in variables(outcome))
    where = " Run the commands in the folder of the report, since they read files there." if has_files(outcome) else ""
    return f"The variables stand for the tokens of the accounts: {tokens}.{where}"


def has_files(outcome: Outcome) -> bool:
    """Return whether a command of the findings reads a file beside the report."""
    return any(exchange.attachments for finding in outcome.findings for exchange in finding.exchanges)


def request_ids(exchange: Exchange) -> str:
    """Return the ids by which the service finds a request in its log, as the end of a sentence."""
    return "".join(f", {name}: {value}" for name, value in exchange.request_ids.items())


def visible(text: str) -> str:
    """Return text without control characters."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def readable(body: str) -> str:
    """Return a body for reading: JSON with a line for each part that is long, anything else unchanged."""
    try:
        return _laid_out(json.loads(body), 0)
    except (ValueError, RecursionError):
        return body


def _laid_out(value: Any, depth: int) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(line) + 2 * depth <= _WIDTH:
        return line
    if isinstance(value, dict):
        opening, closing = "{}"
        parts = [
            f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(each, depth + 1)}" for name, each in value.items()
        ]
    else:
        opening, closing = "[]"
        parts = [_laid_out(each, depth + 1) for each in value]
    inner, outer = "  " * (depth + 1), "  " * depth
    return f"{opening}\n{inner}{f',{chr(10)}{inner}'.join(parts)}\n{outer}{closing}"


@dataclass(frozen=True)
class LeftOut:
    test: str
    rules: tuple[str, ...]
    reason: str
    remedy: str


def left_out(run: Run) -> Iterator[LeftOut]:
    """Yield the tests that were not planned, then those that were planned and skipped."""
    plan = run.events.plan
    if plan is None:
        return
    for entry in plan.skipped:
        yield LeftOut(entry.name, entry.decides.rules, entry.reason or "", alternatives(entry.ways))
    planned = {entry.name: entry for entry in plan.selected}
    for event in run.events.ended:
        if event.outcome == "skipped" and event.test in planned:
            yield LeftOut(event.test, planned[event.test].decides.rules, event.reason, "")
