"""The requests that the suite makes while a generation runs, and locks of real servers seen by one account."""

from concurrent.futures import Future

import httpx
import pytest

from contract_tests.checks.meanwhile import requests_meanwhile
from contract_tests.checks.overlap import Overlap
from contract_tests.client.call import Reply
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.trial import run_trial
from support.accounting import Bench

BUSY = {"status": "error", "message": "Image generation in progress. Please try again later."}


class Locked:
    """A service on which a generation runs; it records what is sent meanwhile."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.sent.append(self._kind(request))
        if self.sent and self.sent[-1] == "without a token":
            return httpx.Response(401, json={"message": "Unauthenticated."})
        return httpx.Response(422 if self.sent[-1:] == ["invalid"] and request.method == "POST" else 409, json=BUSY)

    def _kind(self, request: httpx.Request) -> str:
        if "authorization" not in request.headers:
            return "without a token"
        if b"daguerreotype" in request.content:
            return "invalid"
        return "form" if b"filename=" in request.content else "JSON"


def meanwhile(service: Locked, *, ignores_tokens: bool = False) -> Bench:
    bench = Bench(service.answer, "primary", 0)
    bench.run.ignores_tokens = ignores_tokens
    api = bench.api("primary")
    requests_meanwhile(api, bench.api("anonymous"), Overlap(api, Future[Reply](), bench.run), bench.run)
    return bench


def test_while_a_generation_runs_an_upload_is_tried_too_and_calls_that_generate_nothing() -> None:
    service = Locked()
    meanwhile(service)
    assert service.sent == ["JSON", "invalid", "JSON", "without a token", "form"]


def test_nothing_is_requested_without_a_token_where_tokens_are_ignored() -> None:
    service = Locked()
    meanwhile(service, ignores_tokens=True)
    assert service.sent == ["JSON", "invalid", "JSON", "form"]


@pytest.mark.slow
def test_checks_that_lag_behind_the_lock_are_seen_by_one_account() -> None:
    trial = run_trial(find("check-lags-behind"), "black-box", 1, only=("LOCK-CHECK",), roles=("primary",))
    assert trial.violated == ("LOCK-CHECK",)
