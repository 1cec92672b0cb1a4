"""Faults that take effect before the request is handled."""

import json
from random import Random
from statistics import median
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import contract
from mock_server.faults import FaultError, Target
from mock_server.faults.base import DAY
from mock_server.faults.request import Delay, Drop, HttpError, ProxyError, Reset, Status
from mock_server.faults.transmission import no_reply

SECONDS = st.floats(0, DAY)
DOCUMENTED = [
    (operation.id, status)
    for operation in contract().operations
    for status in [*operation.responses, *contract().fallbacks]
]


@pytest.mark.parametrize(("operation", "code"), DOCUMENTED)
def test_every_documented_status_is_answered_as_the_document_has_it(operation: str, code: int) -> None:
    answer = Status(code=code).early_reply(Target(contract(), operation))
    responses = next(each.responses for each in contract().operations if each.id == operation)
    documented = responses.get(code) or contract().fallbacks[code]
    assert (answer.status, answer.ending, answer.headers["content-type"]) == (code, "complete", "application/json")
    assert json.loads(answer.body) == documented.example
    assert documented.complaint(json.loads(answer.body), answer.headers) is None


@pytest.mark.parametrize(("operation", "allow"), [("getVersions", "GET, HEAD"), ("generateImage", "POST")])
def test_405_lists_the_methods_of_the_path(operation: str, allow: str) -> None:
    assert Status(code=405).early_reply(Target(contract(), operation)).headers["allow"] == allow


def test_an_undocumented_status_is_refused_with_the_documented_ones() -> None:
    known = ", ".join(map(str, sorted({200, 401, *contract().fallbacks})))
    with pytest.raises(FaultError, match=f"^getVersions has no documented status 409; it has {known}$"):
        Status(code=409).early_reply(Target(contract(), "getVersions"))


def test_the_only_status_of_a_picture_is_404() -> None:
    picture = Target(contract(), "getPicture")
    assert Status(code=404).early_reply(picture).status == 404
    with pytest.raises(FaultError, match=r"^getPicture has no documented status 405; it has 404$"):
        Status(code=405).early_reply(picture)


def drawn(delay: Delay, seed: int = 0) -> list[float]:
    random = Random(seed)
    return [delay.delay_seconds(random) for _ in range(1000)]


def test_a_fixed_delay_is_always_the_same() -> None:
    assert set(drawn(Delay(seconds=1.5))) == {1.5}


def test_a_delay_can_be_zero() -> None:
    assert set(drawn(Delay(seconds=0))) == {0}


def test_a_uniform_delay_fills_its_range() -> None:
    delays = drawn(Delay(low=1, high=3))
    assert 1 <= min(delays) < 1.1
    assert 2.9 < max(delays) <= 3
    assert 1.9 < median(delays) < 2.1


def test_a_log_normal_delay_lies_around_its_median_with_a_long_tail() -> None:
    delays = drawn(Delay(median=2, sigma=1))
    assert 1.8 < median(delays) < 2.2
    assert max(delays) > 20


def test_the_same_seed_gives_the_same_delays() -> None:
    assert drawn(Delay(median=2, sigma=1), seed=1) == drawn(Delay(median=2, sigma=1), seed=1)
    assert drawn(Delay(median=2, sigma=1), seed=1) != drawn(Delay(median=2, sigma=1), seed=2)


@given(st.floats(0, DAY, exclude_min=True), st.floats(0, 10, exclude_min=True), st.integers())
def test_a_log_normal_delay_is_never_negative_nor_longer_than_a_day(middle: float, sigma: float, seed: int) -> None:
    assert 0 <= Delay(median=middle, sigma=sigma).delay_seconds(Random(seed)) <= DAY


@given(SECONDS, SECONDS, st.integers())
def test_a_uniform_delay_stays_in_its_range(one: float, other: float, seed: int) -> None:
    low, high = sorted((one, other))
    assert low <= Delay(low=low, high=high).delay_seconds(Random(seed)) <= high


@pytest.mark.parametrize(
    "parameters",
    [{}, {"low": 1}, {"high": 1}, {"median": 1}, {"sigma": 1}, {"low": 1, "sigma": 1}, {"seconds": 1, "high": 2}],
)
def test_it_takes_exactly_one_of_its_three_forms(parameters: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^it takes either seconds, or low and high, or median and sigma$"):
        Delay(**parameters)


def test_a_range_whose_low_is_greater_than_its_high_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^low is greater than high$"):
        Delay(low=2, high=1)


def test_drop_closes_the_connection_without_a_reply() -> None:
    assert Drop().early_reply(Target(contract(), "getVersions")) == no_reply("closed")


def test_reset_resets_the_connection_without_a_reply() -> None:
    assert Reset().early_reply(Target(contract(), "getVersions")) == no_reply("reset")


@pytest.mark.parametrize(
    ("code", "title"), [(502, "502 Bad Gateway"), (503, "503 Service Unavailable"), (504, "504 Gateway Timeout")]
)
def test_a_proxy_error_is_an_html_page(code: Literal[502, 503, 504], title: str) -> None:
    answer = ProxyError(code=code).early_reply(Target(contract(), "getVersions"))
    assert (answer.status, answer.headers["content-type"]) == (code, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.body.decode()
    assert f"<title>{title}</title>" in answer.body.decode()
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_bad_gateway_is_the_default() -> None:
    assert ProxyError().early_reply(Target(contract(), "generateImage")).status == 502


@pytest.mark.parametrize(
    ("code", "message"), [(500, "Internal Server Error."), (429, "Too Many Attempts."), (499, "Error.")]
)
def test_an_error_is_json_with_a_message(code: int, message: str) -> None:
    answer = HttpError(code=code).early_reply(Target(contract(), "getVersions"))
    assert (answer.status, json.loads(answer.body)) == (code, {"message": message})
    assert "retry-after" not in answer.headers


def test_an_error_may_be_a_page_or_nothing_and_say_when_to_retry() -> None:
    page = HttpError(code=502, body="html", retry_after=3).early_reply(Target(contract(), "getPicture"))
    assert (page.headers["content-type"], page.headers["retry-after"]) == ("text/html; charset=utf-8", "3")
    assert b"<h1>502 Bad Gateway</h1>" in page.body
    assert HttpError(body="empty").early_reply(Target(contract(), "getVersions")).body == b""
