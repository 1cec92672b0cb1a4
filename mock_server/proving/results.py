"""The results of proving a client: merged from all processes, as lines for a terminal, as JSON and as Markdown."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

JSON_FILE, MARKDOWN_FILE = "aiimage-proof.json", "aiimage-proof.md"

Json = dict[str, Any]


class Proof:
    """A collector of findings. `add` takes a part: any of the keys of the JSON file, from one test or one process.

    readings: a finding is {"test", "reading": {setting: value}, "rule", "source", "outcome", "default_outcome",
    "message", "sentence"}. disasters: {"test", "finding", "schedule": ["2.charged"], "sentence", "timeline",
    "worst_cost"}.
    worst_costs: credits by test. tried: the extent of the proof, also of an interrupted one.
    """

    def __init__(self) -> None:
        self._content: Json = {"readings": [], "disasters": [], "worst_costs": {}, "tried": {}}

    def add(self, part: Mapping[str, Any]) -> None:
        """Merge a part: numbers add up, lists and objects join, and of other values the last one stays."""
        self._content = _merged(self._content, part)

    def findings(self, kind: str) -> list[Json]:
        """Return the findings among "readings" or "disasters", by test."""
        return sorted(self._content[kind], key=lambda finding: (finding["test"], json.dumps(finding)))

    @property
    def tried(self) -> Json:
        """The extent of the proof, by kind."""
        return dict(self._content["tried"])

    @property
    def worst_costs(self) -> dict[str, int]:
        """The most credits that each test can cost, by test."""
        return dict(sorted(self._content["worst_costs"].items()))

    def content(self) -> Json:
        """Return the content of the JSON file."""
        findings = {kind: self.findings(kind) for kind in ("readings", "disasters")}
        return {**findings, "worst_costs": self.worst_costs, "tried": self.tried}

    def write(self, folder: Path) -> None:
        """Write both files into a folder."""
        (folder / JSON_FILE).write_text(json.dumps(self.content(), indent=2) + "\n", encoding="utf-8")
        (folder / MARKDOWN_FILE).write_text("\n".join(self.markdown()) + "\n", encoding="utf-8")

    def lines(self) -> Iterator[str]:
        """Yield the lines of the section in a terminal."""
        for kind, tried in self.tried.items():
            yield f"{kind}: {_extent(tried)}"
            yield from (f"  not run: {test}: {why}" for test, why in sorted(tried.get("not_run", {}).items()))
        for finding in self.findings("readings"):
            yield f"{finding['sentence']}"
            yield f"    {finding['test']} with {_reading(finding)}: {finding['outcome']}, {finding['message']}"
        for finding in self.findings("disasters"):
            yield f"{finding['test']}: {finding['finding']}: {finding['sentence']}"
            yield from (f"    {line}" for line in finding["timeline"].splitlines())
        yield from (f"{test} costs at most {cost} credit{'s' * (cost != 1)}" for test, cost in self.worst_costs.items())

    def markdown(self) -> Iterator[str]:
        """Yield the lines of the Markdown file."""
        yield "# Proof of a client"
        for kind, tried in self.tried.items():
            yield from ("", f"## {kind.capitalize()}", "", f"{_extent(tried).capitalize()}.")
            yield from _list(f"Not run: `{test}`, {why}." for test, why in sorted(tried.get("not_run", {}).items()))
            yield from getattr(self, f"_markdown_of_{kind}")()
        if self.worst_costs:
            yield from ("", "## Worst costs", "", "| test | credits |", "|---|---|")
            yield from (f"| {_cell(test)} | {cost} |" for test, cost in self.worst_costs.items())

    def _markdown_of_readings(self) -> Iterator[str]:
        if findings := self.findings("readings"):
            yield from ("", "| test | reading | rule | source | outcome | |", "|---|---|---|---|---|---|")
        for each in findings:
            cells = (each["test"], _reading(each), each["rule"], each["source"], each["outcome"], each["sentence"])
            yield f"| {' | '.join(map(_cell, cells))} |"

    def _markdown_of_disasters(self) -> Iterator[str]:
        for each in self.findings("disasters"):
            yield from ("", f"### {each['finding']}: {each['test']}", "", each["sentence"])
            yield from ("", "```text", each["timeline"], "```")


def shown(value: Any) -> str:
    """Return a value of a setting as text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {each}" for name, each in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value) or "empty"


def _reading(finding: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {shown(value)}" for name, value in finding["reading"].items())


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return {**old, **{name: _merged(old[name], new[name]) if name in old else new[name] for name in new}}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    if type(old) is int and type(new) is int:
        return old + new
    return new


def _extent(tried: Mapping[str, Any]) -> str:
    """Return the extent of a proof: texts, and numbers with their names."""
    plain = {name: value for name, value in tried.items() if isinstance(value, str | int)}
    return ", ".join(_counted(value, name) if type(value) is int else str(value) for name, value in plain.items())


def _counted(number: int, name: str) -> str:
    name = name.replace("_", " ")
    return f"{number:,} {name.removesuffix('s') if number == 1 else name}"


def _list(items: Iterator[str]) -> Iterator[str]:
    for number, item in enumerate(items):
        yield from (["", f"- {item}"] if number == 0 else [f"- {item}"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
