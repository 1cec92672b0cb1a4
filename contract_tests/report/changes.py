"""A comparison of two reports, as lines."""

from collections.abc import Iterator

from contract_tests.report.compare import Comparison, Found
from contract_tests.report.words import word


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    yield f"Before: {before.path} ({before.verdict})"
    yield f"After:  {after.path} ({after.verdict})"
    for change in comparison.changes:
        mark = "worse" if change.worse else "better" if change.steps < 0 else "changed"
        yield f"  {mark:8}  {change.rule}: {word(change.before)}, now {word(change.after)}"
    for found in comparison.new:
        accepted = " (accepted)" if after.findings[found] else ""
        yield f"  new       {_finding(found)}{accepted}"
    for found in comparison.vanished:
        yield f"  vanished  {_finding(found)}"
    if not (comparison.changes or comparison.new or comparison.vanished):
        yield "  No rule's verdict changed, and no finding."
    for name, figure in after.figures.items():
        yield f"{name.capitalize():10}{before.figures[name]:g}, now {figure:g}"
    yield "Something got worse." if comparison.worse else "Nothing got worse."


def _finding(found: Found) -> str:
    where = f"{found.call}: " if found.call else ""
    return f"{found.rule}: {where}expected {found.expected}; received {found.received}"
