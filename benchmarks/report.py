"""RESULTS.md and results.json. Each command writes its own section and leaves the other unchanged."""

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import tables
from .book import Book

SECTIONS = {"bench": "make bench", "peers": "make bench-peers"}
_HEAD = """# Results

`make bench` and `make bench-peers` write this page, each its own section. [README.md](README.md) explains the method
and the figures. They are of one machine at one time: compare within a section, and trust the ratios more than the other
figures.
"""


def section(title: str, facts: Mapping[str, str], book: Book) -> str:
    """Return the section of one command."""
    parts = [f"## {title}", tables.facts(facts), _contenders(book), *_ratios(book)]
    if many := tables.worlds(book):
        parts += ["### Many worlds beside one", many]
    for row, name in book.rows.items():
        parts += [f"### {name}", tables.details(book, row)]
    parts += ["### Memory", tables.footprints(book)]
    if book.cold:
        parts += ["### Cold start: from the start of the process to the first answer", tables.cold(book)]
    if book.paintings:
        parts += ["### Pictures, each fetched for the first time", tables.paintings(book)]
    if book.in_process:
        parts += ["### In the process of another program", tables.in_process(book)]
    if book.trips:
        parts += ["### Round trips to valkey", tables.trips(book)]
    if book.anatomy:
        parts += ["### Where the time of a request goes", tables.anatomy(book)]
    if book.failures:
        parts += ["### Failures", "\n".join(f"- {failure}" for failure in book.failures)]
    return "\n\n".join(parts)


def replaced(text: str, name: str, content: str) -> str:
    """Return the page with one section replaced and the others unchanged."""
    kept = {each: _found(text, each) or f"Not measured yet: `{command}`." for each, command in SECTIONS.items()}
    kept[name] = content
    marked = [f"<!-- {each} -->\n{content}\n<!-- /{each} -->\n" for each, content in kept.items()]
    return "\n".join([_HEAD, *marked])


def write(folder: Path, name: str, content: str, facts: Mapping[str, str], book: Book) -> None:
    """Write both files."""
    folder.mkdir(parents=True, exist_ok=True)
    page, raw = folder / "RESULTS.md", folder / "results.json"
    page.write_text(replaced(page.read_text() if page.exists() else "", name, content))
    known: dict[str, Any] = json.loads(raw.read_text()) if raw.exists() else {}
    raw.write_text(json.dumps({**known, name: {"facts": facts, **dataclasses.asdict(book)}}, indent=1) + "\n")


def _ratios(book: Book) -> list[str]:
    return [
        "### Beside the bare program",
        tables.summary(book, tables.per_second, "requests/s"),
        tables.summary(book, tables.per_cpu_second, "requests/CPU s"),
    ]


def _contenders(book: Book) -> str:
    lines = [f"- **{name}**: {about}{_absence(book, name)}" for name, about in book.contenders.items()]
    return "\n".join(lines)


def _absence(book: Book, name: str) -> str:
    return f". Not measured: {book.absent[name]}" if name in book.absent else ""


def _found(text: str, name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    return found[1] if found else ""
