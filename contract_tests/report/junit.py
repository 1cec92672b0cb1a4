"""The report for test viewers: a case for each rule and for each test, bounded."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.sax.saxutils import escape

from contract_tests.report.words import gone_lines, verdict_of
from contract_tests.runner.events import TestEnded, describe
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

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
# Test viewers refuse large files. The texts share the bytes; one that is shorter leaves its rest unused.
_MAX_TEXT_BYTES = 4_000_000
_MAX_MESSAGE_CHARACTERS = 500


def junit_text(run: Run, outcome: Outcome) -> str:
    root = Element("testsuites", name="conformance", time=f"{run.seconds:.3f}")
    tags = {**_TAGS, "differs": "failure"} if run.settings.strict else _TAGS
    _rules(root, outcome, tags)
    _properties(root[0], run)
    _tests(root, run.events.ended, tags)
    bound_texts(root)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _rules(root: Element, outcome: Outcome, tags: dict[str, str]) -> None:
    suite = SubElement(root, "testsuite", name="rules")
    for result in outcome.results:
        case = SubElement(suite, "testcase", classname=f"rules.{result.rule.origin}", name=result.rule.id)
        verdict = verdict_of(result)
        text = _described(result.findings) or result.reason
        mark(case, tags.get(verdict), f"{verdict}: {result.reason}", text)
        print_out(case, _calls(result.findings))
    if outcome.stopped:
        mark(SubElement(suite, "testcase", classname="rules", name="preflight"), "error", outcome.stopped, "")
    for line in gone_lines(outcome):
        mark(SubElement(suite, "testcase", classname="rules", name="baseline"), "failure", line, line)
    count_cases(suite)


def _properties(suite: Element, run: Run) -> None:
    properties = Element("properties")
    suite.insert(0, properties)
    values = {"suite version": suite_version(), "target": run.target.base_url, "seed": str(run.settings.seed)}
    for name, value in values.items():
        SubElement(properties, "property", name=name, value=valid_text(value))


def _tests(root: Element, ended: Iterable[TestEnded], tags: dict[str, str]) -> None:
    suite = SubElement(root, "testsuite", name="tests")
    for event in ended:
        file, _, name = event.test.partition("::")
        case = SubElement(suite, "testcase", classname=file, name=name, time=f"{event.seconds:.3f}")
        mark(case, tags.get(event.outcome), event.reason.partition("\n")[0], event.reason)
    count_cases(suite)


def _described(findings: Iterable[Finding]) -> str:
    return "\n\n".join(describe(finding.decision) for finding in findings)


def _calls(findings: Iterable[Finding]) -> str:
    return "\n".join(exchange.curl for finding in findings for exchange in finding.exchanges)


def mark(case: Element, tag: str | None, message: str, text: str) -> None:
    if tag:
        SubElement(case, tag, message=valid_text(message)[:_MAX_MESSAGE_CHARACTERS]).text = valid_text(text)


def print_out(case: Element, text: str) -> None:
    if text:
        SubElement(case, "system-out").text = valid_text(text)


def valid_text(text: str) -> str:
    return _NOT_IN_XML.sub("?", text)


def bound_texts(root: Element) -> None:
    """Cut the longest texts, so that all of them fit."""
    texts = [(element, element.text) for element in root.iter() if element.text]
    for element, text in texts:
        element.text = _cut(text, _MAX_TEXT_BYTES // len(texts))


def _cut(text: str, limit: int) -> str:
    """Return the start of a text that fits the limit as escaped bytes, and where the whole is."""
    start = text
    while (size := len(escape(start).encode())) > limit:
        start = start[: len(start) * limit // size]
    return text if start == text else f"{start}\n… The whole is in report.html."


def count_cases(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(1 for case in cases if case.find(tag) is not None)))
