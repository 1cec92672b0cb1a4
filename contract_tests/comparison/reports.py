"""The reports of a comparison: terminal, JSON, JUnit, HTML and Markdown, in the style of those of a run."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from jinja2 import Template
from rich.console import Console

from contract_tests.comparison.comparison import Comparison, Group
from contract_tests.oracle.facts import counted
from contract_tests.report.files import save
from contract_tests.report.html import make_environment
from contract_tests.report.junit import bound_texts, count_cases, mark, print_out
from contract_tests.report.markdown import escaped, fenced
from contract_tests.report.words import visible
from contract_tests.runner.version import suite_version

_MAX_GROUPS = 40
_TAGS = {"accepted": "skipped", "inconclusive": "error", "skipped": "error", "violated": "failure"}


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print the groups of findings, what was left out, and the result."""
    for line in _lines(comparison):
        console.print(visible(comparison.outcome.masker(line)), soft_wrap=True)


def write_reports(comparison: Comparison, folder: Path) -> list[str]:
    """Write every report, masked; return why one is not written."""
    failed = (_written(comparison, folder / name, text) for name, text in _WRITERS.items())
    return [reason for reason in failed if reason]


def _written(comparison: Comparison, path: Path, text: Callable[[Comparison], str]) -> str | None:
    return save(path, lambda: comparison.outcome.masker(text(comparison)))


def json_text(comparison: Comparison) -> str:
    return json.dumps([finding.document for finding in comparison.findings], indent=2, ensure_ascii=False) + "\n"


def junit_text(comparison: Comparison) -> str:
    root = Element("testsuites", name="comparison", time=f"{comparison.seconds:.3f}")
    suite = SubElement(root, "testsuite", name="differences")
    for group in comparison.groups:
        first = group.first
        case = SubElement(
            suite, "testcase", classname=f"{first.diagnosis}.{first.rule}", name=f"{first.call} {first.where}"
        )
        mark(case, _TAGS[group.tone], f"{first.diagnosis}: {_short(group)}", "\n".join(_facts(group)))
        print_out(case, first.curl)
    for line in comparison.gone_lines():
        mark(SubElement(suite, "testcase", classname="differences", name="baseline"), "failure", line, line)
    if comparison.outcome.played.stopped or not comparison.compared:
        case = SubElement(suite, "testcase", classname="differences", name="end")
        mark(case, "error", comparison.headline, comparison.sentence)
    for number in sorted({pair.recorded.number for pair in comparison.outcome.pairs} - _differing(comparison)):
        SubElement(suite, "testcase", classname="exchanges", name=str(number))
    count_cases(suite)
    bound_texts(root)
    indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def markdown_text(comparison: Comparison) -> str:
    return visible("\n\n".join(_parts(comparison)) + "\n")


def html_text(comparison: Comparison) -> str:
    return _page().render(comparison=comparison, suite_version=suite_version(), counted=counted)


_WRITERS: dict[str, Callable[[Comparison], str]] = {
    "differences.json": json_text,
    "junit.xml": junit_text,
    "report.html": html_text,
    "summary.md": markdown_text,
}


@cache
def _page() -> Template:
    return make_environment("contract_tests.report", "contract_tests.comparison").get_template("differences.html")


def _differing(comparison: Comparison) -> set[int]:
    return {finding.exchange for finding in comparison.findings}


def _lines(comparison: Comparison) -> Iterator[str]:
    for group in comparison.groups:
        accepted = "accepted " if group.first.accepted else ""
        yield f"\n{accepted}{group.first.diagnosis} {group.rule.id}: {group.rule.title}"
        yield from (f"  {line}" for line in _facts(group))
        if group.first.curl:
            yield f"  {group.first.curl}"
    yield ""
    for reason, numbers in comparison.left_out().items():
        yield f"Left out: {counted(len(numbers), 'exchange')} ({_numbers(numbers)}): {reason}"
    yield from (f"Note: {note}" for note in comparison.notes)
    yield from comparison.gone_lines()
    if comparison.budget:
        yield f"{comparison.budget.spent} of {comparison.budget.cap} credits, {comparison.seconds:.1f} seconds"
    yield f"{comparison.outcome.target.base_url} {comparison.sentence}"


def _facts(group: Group) -> Iterator[str]:
    first = group.first
    yield f"At:         exchange {first.exchange}, {first.call}, {first.where}, {group.times}"
    yield f"Recorded:   {_shown(first.expected)}"
    yield f"Received:   {_shown(first.received)}"
    if first.cause.why:
        yield f"Because:    {first.cause.why}"
    if group.remedy:
        yield f"Setting:    {group.remedy}"
    if first.accepted:
        yield f"Accepted:   {first.accepted}"


def _parts(comparison: Comparison) -> Iterator[str]:
    icon = {0: "✅", 1: "❌"}.get(comparison.status, "⚠️")
    yield f"## {icon} {comparison.headline}"
    yield escaped(f"{comparison.outcome.target.base_url} {comparison.sentence}")
    yield from (f"**{escaped(line)}**" for line in comparison.gone_lines())
    yield from (f"Note: {escaped(note)}" for note in comparison.notes)
    if comparison.groups:
        yield "\n".join(
            ["| diagnosis | rule | call | where | setting | times |", "|---|---|---|---|---|---|"]
            + [_row(group) for group in comparison.groups[:_MAX_GROUPS]]
        )
    for group in comparison.groups[:_MAX_GROUPS]:
        title = f"{group.first.diagnosis} {group.rule.id}: {group.rule.title}"
        facts = "\n".join(f"- {escaped(line)}" for line in _facts(group))
        curl = [fenced(group.first.curl, "sh")] if group.first.curl else []
        yield "\n\n".join([f"<details>\n<summary>{escaped(title)}</summary>", facts, *curl, "</details>"])
    yield f"To repeat it:\n\n{fenced(comparison.command, 'sh')}"


def _row(group: Group) -> str:
    first = group.first
    cells = (first.diagnosis, first.rule, first.call, first.where, group.remedy, str(len(group.findings)))
    return f"| {' | '.join(map(escaped, cells))} |"


def _short(group: Group) -> str:
    return f"recorded {_shown(group.first.expected)}, received {_shown(group.first.received)}"


def _numbers(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
