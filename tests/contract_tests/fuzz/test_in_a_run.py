"""The checks with generated requests, as parts of a run."""

import httpx
import pytest

from contract_tests.runner.events import TestEnded
from contract_tests.runner.session import examine
from support.conformance import TOKEN
from support.small_service import Answer, SmallService, run_against

CALLS = "test_calls_without_a_body"
DOCUMENTED = "test_documented_requests_are_accepted"
INVALID = "test_invalid_requests_are_refused"
LINKED = "test_linked_calls"
SLOW = 2


def endings(answer: Answer, *roles: str, cap: int = 40) -> dict[str, TestEnded]:
    run = run_against(answer, *roles, pace=SLOW, cap=cap, seed=1, only=("SHAPE", "VALID-422"))
    examine(run)
    ended = {event.test.partition("::")[2]: event for event in run.events.log if isinstance(event, TestEnded)}
    return {name: ended[name] for name in (CALLS, DOCUMENTED, INVALID, LINKED) if name in ended}


def busy(request: httpx.Request) -> httpx.Response:
    if request.method == "POST" and request.url.path.endswith("generate-image"):
        return httpx.Response(409, json={"message": "Wait."})
    return SmallService()(request)


def generous(request: httpx.Request) -> httpx.Response:
    """A service where the account `empty` can pay."""
    request.headers["Authorization"] = request.headers.get("Authorization", "").replace("-empty", "-primary")
    return SmallService()(request)


def credits_first(request: httpx.Request) -> httpx.Response:
    if request.method == "POST" and request.headers.get("Authorization") == f"Bearer {TOKEN}-empty":
        return httpx.Response(419, json={"message": "No credits."})
    return SmallService()(request)


@pytest.mark.slow
def test_a_conforming_service_passes() -> None:
    ended = endings(SmallService(), "empty")
    assert {name: event.outcome for name, event in ended.items()} == dict.fromkeys(
        (CALLS, DOCUMENTED, INVALID, LINKED), "passed"
    )


@pytest.mark.slow
def test_without_an_empty_account_no_paid_request_is_sent() -> None:
    assert endings(SmallService()).keys() == {CALLS, INVALID, LINKED}


@pytest.mark.slow
def test_a_service_that_never_validates_is_inconclusive() -> None:
    ended = endings(busy, "empty")
    assert {name: event.outcome for name, event in ended.items()} == {
        CALLS: "passed",
        **dict.fromkeys((DOCUMENTED, INVALID, LINKED), "inconclusive"),
    }
    assert "no generated request reached the checks (" in ended[DOCUMENTED].reason
    assert "409" in ended[DOCUMENTED].reason


@pytest.mark.slow
def test_an_empty_account_that_is_served_is_inconclusive() -> None:
    ended = endings(generous, "empty")[DOCUMENTED]
    assert ended.outcome == "inconclusive"
    assert "was served" in ended.reason


@pytest.mark.slow
def test_another_account_is_used_if_credits_are_checked_first() -> None:
    assert endings(credits_first, "empty")[INVALID].outcome == "passed"
    assert endings(credits_first, "empty", cap=0)[INVALID].outcome == "skipped"
