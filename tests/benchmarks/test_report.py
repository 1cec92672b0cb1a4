"""From measurements to RESULTS.md."""

import json
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.book import Book, Painting, Sample
from benchmarks.processes import Memory


def book() -> Book:
    measured = Book(
        {"bare": "fixed bytes", "mock": "the mock", "other": "another", "gone": "one that is missing"},
        {"versions": "GET versions", "invalid": "POST, invalid"},
    )
    for number, (bare, mock) in enumerate([(20_000, 5_000), (10_000, 3_000), (20_000, 4_000)]):
        measured.note("versions", "bare", Sample(number, bare, bare * 1.5, 0.9, 0.95))
        measured.note("versions", "mock", Sample(number, mock, mock * 2, 1.0, 0.2))
        measured.remember("mock", Memory(50, 50), Memory(61, 64))
    measured.note("invalid", "mock", Sample(0, 2_500, 2_600, 0.5, 0.1))
    measured.reject("invalid", "other", "answers 200 instead of 422")
    measured.absent["gone"] = "npm did not install it"
    measured.cold["mock"] = [0.4, 0.35, 0.5]
    return measured


def rows(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its header."""
    table = page.split(f"### {heading}\n\n", 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


PAGE = report.section("A title", {"CPU": "a fast one"}, book())


def test_a_row_has_the_ratio_first_and_every_figure() -> None:
    bare, mock, other, gone = rows(PAGE, "GET versions")
    assert bare[:4] == ["bare", "1.00", "1.00 to 1.00", "20,000"]
    assert mock == ["mock", "0.25", "0.20 to 0.30", "4,000", "3,000 to 5,000", "8,000", "0.33"]
    assert other[1:] == gone[1:] == ["-"] * 6


def test_there_is_no_ratio_without_a_comparison() -> None:
    assert rows(PAGE, "POST, invalid")[1] == ["mock", "-", "-", "2,500", "2,500 to 2,500", "2,600", "-"]


def test_a_missing_figure_has_a_reason() -> None:
    assert "- other: answers 200 instead of 422" in PAGE
    assert "- gone: npm did not install it" in PAGE
    assert "Not measured: npm did not install it" in PAGE


def test_a_busy_load_generator_is_reported() -> None:
    assert "bare: wrk itself was 95% busy" in PAGE
    assert "mock: wrk" not in PAGE


def test_a_server_without_a_core_of_its_own_is_reported() -> None:
    assert "- mock: the server had 50% of its core" in PAGE
    assert PAGE.count("of its core") == 1


def test_the_summary_has_all_ratios() -> None:
    assert rows(PAGE, "Beside the bare program") == [
        ["GET versions", "0.25", "-", "-"],
        ["POST, invalid", "-", "-", "-"],
    ]


def test_many_worlds_are_compared_with_one_by_rounds() -> None:
    both = Book({"mock": "the mock"}, {"versions": "GET versions", "versions-worlds": "GET versions, many"})
    for number, (one, many) in enumerate([(4_000, 3_600), (2_000, 1_800)]):
        both.note("versions", "mock", Sample(number, one, one, 1, 0.1))
        both.note("versions-worlds", "mock", Sample(number, many, many, 1, 0.1))
    assert rows(report.section("", {}, both), "Many worlds beside one") == [["GET versions, many", "0.90"]]
    assert "Many worlds" not in PAGE


def test_memory_and_cold_starts_are_reported() -> None:
    assert rows(PAGE, "Memory")[1] == ["mock", "50", "61", "64"]
    assert rows(PAGE, "Cold start: from the start of the process to the first answer")[1] == [
        "mock",
        "400",
        "350 to 500",
    ]


def test_a_missing_measurement_is_not_reported() -> None:
    for heading in ("Pictures", "In the process", "Round trips", "Failures"):
        assert f"### {heading}" not in PAGE


def test_other_measurements_are_reported() -> None:
    more = book()
    more.paintings["mock"] = [Painting(55, 70), Painting(57, 72)]
    more.in_process["import"] = [300.0, 350.0, 310.0]
    more.trips = {"round trips": 2.0}
    more.failures.append("mock, GET versions: 3 socket errors")
    page = report.section("A title", {}, more)
    assert rows(page, "Pictures, each fetched for the first time") == [["mock", "56.0", "55.0 to 57.0", "71.0"]]
    assert rows(page, "In the process of another program") == [["import", "310", "300 to 350"]]
    assert rows(page, "Round trips to valkey") == [["round trips", "2.00"]]
    assert "### Failures\n\n- mock, GET versions: 3 socket errors" in page


def test_a_rejected_row_has_no_figure() -> None:
    rejected = book()
    rejected.reject("versions", "mock", "2 x 500 instead of 200")
    assert rows(report.section("", {}, rejected), "GET versions")[1] == ["mock", *["-"] * 6]
    assert rejected.rejected("versions", "mock")


def test_each_command_keeps_the_section_of_the_other(tmp_path: Path) -> None:
    for name, content in [("bench", "first"), ("peers", "theirs"), ("bench", "second")]:
        report.write(tmp_path, name, content, {"CPU": content}, book())
    page = (tmp_path / "RESULTS.md").read_text()
    assert "second" in page
    assert "theirs" in page
    assert "first\n" not in page
    raw = json.loads((tmp_path / "results.json").read_text())
    assert {name: raw[name]["facts"]["CPU"] for name in raw} == {"bench": "second", "peers": "theirs"}


@pytest.mark.parametrize("name", report.SECTIONS)
def test_an_unmeasured_section_says_so(name: str) -> None:
    (other,) = set(report.SECTIONS) - {name}
    page = report.replaced("", name, "measured")
    assert f"Not measured yet: `{report.SECTIONS[other]}`" in page
