import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from contract_tests.oracle.resources import load_rules
from contract_tests.report.html import html_text
from contract_tests.report.words import visible
from contract_tests.runner.outcome import conclude
from contract_tests.runner.version import suite_version
from support.finished import HOSTILE, exchange, finished_run

VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """Parses a page as a browser does: its elements and texts, and the elements that are still open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def all(self, tag: str) -> str:
        return "\n".join(self.texts.get(tag, []))


@pytest.fixture
def page(tmp_path: Path) -> Page:
    run = finished_run(tmp_path)
    return Page(html_text(run, conclude(run.events.log)))


def test_every_element_is_closed(page: Page) -> None:
    assert page.open == []


def test_the_page_loads_no_other_file(page: Page) -> None:
    loaded = [tag for tag, attrs in page.elements if {"src", "href"} & attrs.keys()]
    assert set(loaded) == {"a"}
    assert not re.search(r"url\(|@import|fetch\(", page.all("style") + page.all("script"))


def test_the_text_of_a_service_is_escaped(page: Page) -> None:
    assert page.all("pre").count(visible(HOSTILE)) == 1
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]


def test_the_page_begins_with_the_verdict_and_ends_with_the_command(page: Page) -> None:
    assert page.all("h1") == "Violates the documentation"
    assert page.texts["h2"] == ["Findings", "Rules", "Left out", "To repeat it"]
    assert page.texts["pre"][-1] == "aiimage-conform run --seed 7"


def test_a_finding_has_its_facts_and_calls(page: Page) -> None:
    facts = dict(zip(page.texts["dt"], page.texts["dd"], strict=True))
    assert facts["Documented"] == "409"
    assert facts["Assumed"] == "409"
    assert facts["Found"] == "by b: u"
    assert "$AIIMAGE_TOKEN_LOW" in page.all("pre")
    assert "1.25 s" in page.all("b")
    assert ("low", "$AIIMAGE_TOKEN_LOW") in zip(page.texts["td"], page.texts["code"][1:], strict=False)


def test_a_finding_has_what_a_vendor_needs(page: Page) -> None:
    links = [attrs["href"] for tag, attrs in page.elements if tag == "a"]
    assert links == [load_rules()["LOCK-ONE"].page]  # ORDER is an assumption
    assert "2026-02-26T10:00:01.250Z" in page.all("p")
    assert "x-request-id: 7f3e" in page.all("p")
    assert "server: nginx\nx-request-id: 7f3e" in page.all("pre")
    assert f"aiimage-conform {suite_version()}" in page.all("p")


def test_the_page_has_no_control_characters(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    assert "\x00" in exchange().response_body
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", html_text(run, conclude(run.events.log)))


def test_an_excluded_test_is_listed_with_the_option_that_includes_it(page: Page) -> None:
    cells = page.all("td")
    assert "the target has no account slow" in cells
    assert "the account slow (no credit, 1 second)" in cells
    assert "--profile full (at most 9 credits, 1 second)" in cells
