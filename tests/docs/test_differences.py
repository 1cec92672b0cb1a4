"""docs/differences.md has every assumption, and no other."""

from collections.abc import Iterator
from typing import Any

from docs.tables import with_tables
from mock_server import resources
from mock_server.app import rules
from mock_server.contract import read_yaml
from support.pages import page

PAGE = page("differences")
ROWS = {row[0].strip("`"): row[1:] for row in PAGE.rows("rule")}
DOCUMENT: dict[str, Any] = read_yaml(resources.DOCUMENT)


def test_the_tables_are_those_of_the_rules() -> None:
    assert with_tables(PAGE.text) == PAGE.text, "run: make docs"


def test_exactly_the_assumed_rules_are_listed() -> None:
    assert {rule.id for rule in rules().by_id.values() if rule.source != "doc"} <= ROWS.keys()


def test_every_assumed_setting_is_listed_once() -> None:
    for setting in rules().settings.values():
        if setting.rule and setting.source != "doc":
            assert PAGE.text.count(f"`{setting.name}`{' = ' if setting.default else ''}") == 1, setting.name


def test_the_settings_of_documented_rules_are_named() -> None:
    (sentence,) = (line for line in PAGE.text.split("\n\n") if "documented rule" in line)
    found = [each.name for each in rules().settings.values() if each.source == "doc"]
    assert f"({', '.join(f'`{name}`' for name in found)})" in sentence


def assumed_parts() -> Iterator[tuple[str, str]]:
    """Yield name and source of each part of the document that is marked as assumed."""
    yield from ((str(status), each["x-source"]) for status, each in DOCUMENT["x-fallback-responses"].items())
    yield "401", DOCUMENT["components"]["responses"]["Unauthenticated"]["x-source"]
    for item in DOCUMENT["paths"].values():
        for node in item.values():
            for status, each in node["responses"].items():
                if each.get("x-source", "doc") != "doc":
                    yield f"{node['operationId']} {status}", each["x-source"]
    for name, schema in DOCUMENT["components"]["schemas"].items():
        if "x-source" in schema:
            yield name, schema["x-source"]


def test_exactly_the_marked_parts_of_the_document_are_listed() -> None:
    documented = {row[0].replace("`", ""): row[1] for row in PAGE.rows("where")}
    assert documented == dict(assumed_parts())
    text = resources.DOCUMENT.read_text()
    assert len(documented) == sum(text.count(f"x-source: {source}") for source in ("platform", "inferred", "assumed"))
