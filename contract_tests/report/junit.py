"""The report for test viewers: a case for each rule and for each test, bounded."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contract_tests.report.words import gone_lines, verdict_of
from contract_tests.runner.events import TestEnded, describe
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome
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
