"""The report as JUnit XML: one case a test, and one a rule, so that a rule's verdict shows where tests are listed."""

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contract_tests.events import TestEnded
from contract_tests.outcome import Outcome, RuleResult
from contract_tests.run import Run

# Characters that XML 1.0 cannot carry, not even escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RULE_TAGS = {"violated": "failure", "differs": "skipped", "could_not_look": "error", "skipped": "skipped"}
_TEST_TAGS = {"broken": "failure", "differs": "skipped", "could_not_look": "error", "skipped": "skipped"}


def junit_text(run: Run, outcome: Outcome) -> str:
    root = Element("testsuites", name="conformance", time=f"{run.seconds:.3f}")
    _rules(root, outcome)
    _tests(root, [event for event in run.events.log if isinstance(event, TestEnded)])
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _rules(root: Element, outcome: Outcome) -> None:
    suite = SubElement(root, "testsuite", name="rules")
    for result in outcome.results:
        case = SubElement(suite, "testcase", classname=f"rules.{result.rule.source}", name=result.rule.id)
        _mark(case, _RULE_TAGS.get(result.verdict), f"{result.verdict}: {result.reason}", _evidence(result))
    if outcome.stopped:
        case = SubElement(suite, "testcase", classname="rules", name="preflight")
        _mark(case, "error", outcome.stopped, "")
    _count(suite)


def _tests(root: Element, ended: list[TestEnded]) -> None:
    suite = SubElement(root, "testsuite", name="tests")
    for event in ended:
        file, _, name = event.test.partition("::")
        case = SubElement(suite, "testcase", classname=file, name=name, time=f"{event.seconds:.3f}")
        _mark(case, _TEST_TAGS.get(event.outcome), event.reason.partition("\n")[0], event.reason)
    _count(suite)


def _evidence(result: RuleResult) -> str:
    return "\n".join(f"{entry['curl']}\n{entry['received']}" for entry in result.evidence)


def _mark(case: Element, tag: str | None, message: str, text: str) -> None:
    if tag:
        SubElement(case, tag, message=_UNSPEAKABLE.sub("?", message)).text = _UNSPEAKABLE.sub("?", text)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(suite)))
    for tag, name in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(name, str(sum(1 for case in suite if case.find(tag) is not None)))
