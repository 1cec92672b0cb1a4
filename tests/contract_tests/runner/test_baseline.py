from pathlib import Path

import pytest
import yaml

from contract_tests.client.exchange import Exchange
from contract_tests.errors import UsageError
from contract_tests.runner.baseline import (
    NO_BASELINE,
    Accepted,
    Baseline,
    Identity,
    baseline_text,
    identify,
    load_baseline,
    normalised,
)

FOUND = Identity("AUTH", "GET /aiimage/versions", "401", "200 after # s")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accepted.yaml"


@pytest.mark.parametrize(
    ("entry", "covers"),
    [
        (Accepted("AUTH", "known"), True),
        (Accepted("AUTH", "known", call="GET /aiimage/versions", received="200 after 1.25 s"), True),
        (Accepted("AUTH", "known", received="200 after # s"), True),
        (Accepted("SHAPE", "known"), False),
        (Accepted("AUTH", "known", call="POST /aiimage/generate-image"), False),
        (Accepted("AUTH", "known", expected="403"), False),
        (Accepted("AUTH", "known", received="500"), False),
    ],
)
def test_an_entry_covers_exactly_its_findings(entry: Accepted, covers: bool) -> None:
    assert entry.covers(FOUND) is covers
    assert Baseline((entry,)).reason(FOUND) == ("known" if covers else None)


def test_a_written_baseline_can_be_read(file: Path) -> None:
    entries = (
        Accepted("AUTH", "known: until spring", "GET /aiimage/versions", "401", "200", "test_auth.py::test_x"),
        Accepted("SHAPE", "on\ntwo lines"),
    )
    file.write_text(baseline_text(entries))
    assert load_baseline(file) == Baseline(entries, file)


@pytest.mark.parametrize("text", ["", "[]", "# nothing\n"])
def test_an_empty_baseline_accepts_nothing(file: Path, text: str) -> None:
    file.write_text(text)
    assert load_baseline(file).entries == NO_BASELINE.entries == ()


def test_a_baseline_can_be_json(file: Path) -> None:
    file.write_text('[{"rule": "AUTH", "reason": "known"}]')
    assert load_baseline(file).entries == (Accepted("AUTH", "known"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rule: AUTH", "takes a list of {rule: …, reason: …}"),
        ("{", "the baseline is not valid YAML at line 1"),
        ("- AUTH", "entry 1: takes keys and values"),
        ("- {rule: AUTH, reason: x}\n- {rule: AUTH}", "entry 2.reason: is missing; it takes a text"),
        (
            "- {rule: AUTH, reason: x, status: '200'}",
            "entry 1.status: unknown key; known here: rule, reason, call, expected, received, test.",
        ),
        ("- {rule: AUTH, reason: x, recieved: '200'}", "entry 1.recieved: unknown key; did you mean received?"),
        ("- {rule: AUTH, reason: ' '}", "entry 1.reason: takes a text"),
        ("- {rule: AUTH, reason: x, received: 200}", "entry 1.received: takes a text; quote what is only a number."),
        ("- {rule: LOCK-TWO, reason: x}", "entry 1.rule: unknown rule LOCK-TWO; did you mean LOCK-ONE?"),
    ],
)
def test_an_invalid_baseline_is_refused_with_file_and_entry(file: Path, text: str, message: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as refused:
        load_baseline(file)
    assert str(refused.value).startswith(str(file))
    assert message in str(refused.value)


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(UsageError, match=r"accepted\.yaml: the baseline cannot be read: No such file"):
        load_baseline(file)


def test_a_written_baseline_has_a_comment() -> None:
    text = baseline_text([Accepted("AUTH", "known")])
    assert text.startswith("# Findings that are accepted.")
    assert yaml.safe_load(text) == [{"rule": "AUTH", "reason": "known"}]


def call(method: str, url: str) -> Exchange:
    return Exchange(method, url, "primary", None)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("200 at 0.52 s", "200 at 1.31 s"),
        ("images [104, 12345678]", "images [104, 87654321]"),
        ("created_at 2026-02-26T10:00:00Z", "created_at 2027-01-01 00:00:00.123+00:00"),
        ("uploads/8a8857dc851e451d0.png", "uploads/53f159799d1c91996.png"),
        ("id 0F8fad5b-d9cb-469f-a165-70867728950e", "id 7c9e6679-7425-40de-944b-e07fc1f90ae7"),
        ("after 12001 ms", "after 950 ms"),
        ("two  spaces\n", "two spaces"),
    ],
)
def test_values_that_change_between_runs_are_ignored(text: str, same: str) -> None:
    assert normalised(text) == normalised(same)


@pytest.mark.parametrize(
    ("text", "other"), [("200", "500"), ("2 credits", "3 credits"), ("input: 'a'", "input: 'b'"), ("decade", "facade")]
)
def test_statuses_and_counts_are_compared(text: str, other: str) -> None:
    assert normalised(text) != normalised(other)


def test_the_identity_of_a_finding_has_the_last_call_without_its_host() -> None:
    def at(exchange: Exchange) -> str:
        return identify("AUTH", "401", "200", [call("GET", "http://x/first"), exchange]).call

    assert at(call("GET", "http://a/api/v1/aiimage/versions?q=1")) == "GET /aiimage/versions"
    assert at(call("GET", "https://b:9/v1/aiimage/versions")) == "GET /aiimage/versions"
    assert at(call("POST", "http://a/api/v1/aiimage/generate-image")) == "POST /aiimage/generate-image"
    assert at(call("GET", "http://a/uploads/one.png")) == "GET"
    assert identify("AUTH", "401", "200", []).call == ""
