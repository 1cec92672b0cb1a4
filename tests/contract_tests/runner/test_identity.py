import pytest

from contract_tests.client.exchange import Exchange
from contract_tests.runner.identity import identify, normalised


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
def test_what_changes_from_run_to_run_makes_no_difference(text: str, same: str) -> None:
    assert normalised(text) == normalised(same)


@pytest.mark.parametrize(
    ("text", "other"), [("200", "500"), ("2 credits", "3 credits"), ("input: 'a'", "input: 'b'"), ("decade", "facade")]
)
def test_what_a_finding_is_about_makes_one(text: str, other: str) -> None:
    assert normalised(text) != normalised(other)


def test_the_call_that_was_judged_belongs_to_it_and_the_host_does_not() -> None:
    def at(exchange: Exchange) -> str:
        return identify("AUTH", "401", "200", [call("GET", "http://x/first"), exchange]).call

    assert at(call("GET", "http://a/api/v1/aiimage/versions?q=1")) == "GET /aiimage/versions"
    assert at(call("GET", "https://b:9/v1/aiimage/versions")) == "GET /aiimage/versions"
    assert at(call("POST", "http://a/api/v1/aiimage/generate-image")) == "POST /aiimage/generate-image"
    assert at(call("GET", "http://a/uploads/one.png")) == "GET"
    assert identify("AUTH", "401", "200", []).call == ""
