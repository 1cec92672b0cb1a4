import json
from pathlib import Path

import pytest

from contract_tests.report.words import LeftOut, left_out, readable
from contract_tests.runner.plan import in_words
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import ended, target
from support.finished import finished_run

ACCOUNT = LeftOut("c.py::v", ("AUTH",), "the target has no account slow", "the account slow (no credit, 1 second)")
PROFILE = LeftOut(
    "d.py::w",
    ("AUTH",),
    "it may cost 9 credits, more than the profile quick allows",
    "--profile full (at most 9 credits, 1 second)",
)


def test_an_excluded_test_has_the_option_that_includes_it(tmp_path: Path) -> None:
    assert list(left_out(finished_run(tmp_path))) == [ACCOUNT, PROFILE]


def test_a_test_that_was_skipped_during_the_run_is_listed(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.events.emit(ended("b.py::u", "skipped", "nothing is left to spend"))
    assert LeftOut("b.py::u", ("ORDER",), "nothing is left to spend", "") in list(left_out(run))


def test_without_a_plan_no_test_is_listed() -> None:
    assert list(left_out(Run(Settings(target())))) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("test_lock.py::test_second_generation_is_refused", "lock: second generation is refused"),
        ("test_auth.py::test_no_token[check_availability]", "auth: no token (check_availability)"),
    ],
)
def test_a_test_is_named_in_words(name: str, words: str) -> None:
    assert in_words(name) == words


def test_json_is_laid_out_with_a_line_for_each_long_part() -> None:
    long = {"status": "success", "images": [{"id": 1, "input": "x" * 60}, {"id": 2, "input": "é" * 60}], "none": []}
    lines = readable(json.dumps(long)).splitlines()
    assert lines == [
        "{",
        '  "status": "success",',
        '  "images": [',
        f'    {{"id": 1, "input": "{"x" * 60}"}},',
        f'    {{"id": 2, "input": "{"é" * 60}"}}',
        "  ],",
        '  "none": []',
        "}",
    ]
    assert json.loads("".join(lines)) == long


@pytest.mark.parametrize("body", ["<html>", "[" * 100_000, ""])
def test_anything_else_is_unchanged(body: str) -> None:
    assert readable(body) == body
