"""The files of a report: each is a function from the run's outcome to a text."""

import json
import re
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contract_tests.report.html import html_text
from contract_tests.report.markdown import markdown_text
from contract_tests.report.words import gone_lines, started, verdict_of
from contract_tests.runner.events import TestEnded, describe
from contract_tests.runner.outcome import Finding, Outcome, RuleResult
from contract_tests.runner.run import Run

# Characters that XML 1.0 does not allow, not even escaped.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# JUnit has no word for a difference or an accepted finding, and a failure would fail a pipeline.
_TAGS = {
    "violated": "failure",
    "differs": "skipped",
    "accepted": "skipped",
    "inconclusive": "error",
    "skipped": "skipped",
}

_MAX_EVIDENCE = 40


def write_all(run: Run, outcome: Outcome) -> None:
    """Write every file of the report, masked, if the run has a report folder."""
    folder = run.settings.report
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    writers = {
        "report.json": json_text,
        "junit.xml": junit_text,
        "report.html": html_text,
        "summary.md": markdown_text,
    }
    for name, text in writers.items():
        # The events are masked already, the command and the address of the target are not.
        (folder / name).write_text(run.masker(text(run, outcome)), encoding="utf-8")


def json_text(run: Run, outcome: Outcome) -> str:
    return json.dumps(document(run, outcome), indent=2, ensure_ascii=False) + "\n"


def document(run: Run, outcome: Outcome) -> dict[str, Any]:
    return {
        "target": {"base_url": run.target.base_url},
        "started_at": started(run).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 1),
        "seed": run.settings.seed,
        "profile": run.settings.profile,
        "verdict": outcome.verdict,
        "stopped": outcome.stopped,
        "credits": {"spent": run.budget.spent, "cap": run.budget.cap},
        "images": {"made": run.budget.images, "cap": run.budget.images_cap},
        "requests": run.transport.requests,
        "command": run.settings.command,
        "gone": [str(entry) for entry in outcome.gone],
        "rules": [_rule(result) for result in outcome.results],
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    evidence = [entry for number, finding in enumerate(result.findings) for entry in _evidence(number, finding)]
    return {
        "id": result.rule.id,
        "source": result.rule.source,
        "title": result.rule.title,
        "statement": result.rule.statement,
        "verdict": result.verdict,
        "accepted": result.accepted,
        "reason": result.reason,
        "tests": list(result.tests),
        "findings": [_finding(finding) for finding in result.findings],
        "evidence": evidence[:_MAX_EVIDENCE],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "expected": finding.expected,
        "received": finding.received,
        "call": finding.decision.identity.call,
        "tests": list(finding.tests),
        "times": finding.times,
        "accepted": finding.accepted,
    }


def _evidence(number: int, finding: Finding) -> list[dict[str, Any]]:
    """Return the requests of a finding; `finding` is its index, `at` the seconds since its first request."""
    if not finding.exchanges:
        bare = {"curl": "", "request": {}, "response": {}}
        return [{**bare, "expected": finding.expected, "received": finding.received, "finding": number}]
    start = finding.exchanges[0].sent
    return [
        {
            **exchange.evidence(finding.expected, finding.received),
            "finding": number,
            "at": round(exchange.sent - start, 3),
        }
        for exchange in finding.exchanges
    ]


def junit_text(run: Run, outcome: Outcome) -> str:
    root = Element("testsuites", name="conformance", time=f"{run.seconds:.3f}")
    tags = {**_TAGS, "differs": "failure"} if run.settings.strict else _TAGS
    _rules(root, outcome, tags)
    _tests(root, run.events.ended, tags)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _rules(root: Element, outcome: Outcome, tags: dict[str, str]) -> None:
    suite = SubElement(root, "testsuite", name="rules")
    for result in outcome.results:
        case = SubElement(suite, "testcase", classname=f"rules.{result.rule.origin}", name=result.rule.id)
        verdict = verdict_of(result)
        text = _described(result.findings) or result.reason
        _mark(case, tags.get(verdict), f"{verdict}: {result.reason}", text)
        _print(case, _calls(result.findings))
    if outcome.stopped:
        _mark(SubElement(suite, "testcase", classname="rules", name="preflight"), "error", outcome.stopped, "")
    for line in gone_lines(outcome):
        _mark(SubElement(suite, "testcase", classname="rules", name="baseline"), "failure", line, line)
    _count(suite)


def _tests(root: Element, ended: Iterable[TestEnded], tags: dict[str, str]) -> None:
    suite = SubElement(root, "testsuite", name="tests")
    for event in ended:
        file, _, name = event.test.partition("::")
        case = SubElement(suite, "testcase", classname=file, name=name, time=f"{event.seconds:.3f}")
        _mark(case, tags.get(event.outcome), event.reason.partition("\n")[0], event.reason)
    _count(suite)


def _described(findings: Iterable[Finding]) -> str:
    return "\n\n".join(describe(finding.decision) for finding in findings)


def _calls(findings: Iterable[Finding]) -> str:
    return "\n".join(exchange.curl for finding in findings for exchange in finding.exchanges)


def _mark(case: Element, tag: str | None, message: str, text: str) -> None:
    if tag:
        SubElement(case, tag, message=_NOT_IN_XML.sub("?", message)).text = _NOT_IN_XML.sub("?", text)


def _print(case: Element, text: str) -> None:
    if text:
        SubElement(case, "system-out").text = _NOT_IN_XML.sub("?", text)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(1 for case in suite if case.find(tag) is not None)))
