"""The credits that a run reports, against the count of a service with faults at random moments."""

import random
from contextlib import suppress
from typing import Any

import httpx
import pytest

from contract_tests.checks.experiment import CREDITS
from contract_tests.errors import BudgetExceededError, InconclusiveError, TargetLostError
from contract_tests.oracle.engines import with_count
from contract_tests.oracle.quota import credit_readings
from contract_tests.oracle.samples import FIELDS, INVALID
from support.accounting import Bench, Service

UNCLEAR = (302, 303, 307, 400, 408, 410, 425, 500, 502, 503, 504, 520)
CLEAR = (401, 403, 404, 405, 409, 413, 415, 419, 422, 429)


class Interrupt(BaseException):
    """Ctrl-C while a request is sent."""


class Faulty:
    """Charges an image for each that it makes, and then sends any reply or none."""

    def __init__(self, seed: int, faults: float) -> None:
        self._random, self._faults = random.Random(seed), faults
        self._service = Service(credit_readings([])[0], 10**6, CREDITS)

    @property
    def charged(self) -> int:
        return len(self._service.made)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" or self._random.random() > self._faults:
            return self._service.answer(request)
        if self._random.random() < 0.3:
            return httpx.Response(self._random.choice(CLEAR), json={"message": "No."})
        return self._lost(request, self._service.answer(request))

    def _lost(self, request: httpx.Request, reply: httpx.Response) -> httpx.Response:
        """Return another reply to a request that was served, or none."""
        if reply.status_code != 200:
            return reply
        faults = [
            lambda: httpx.Response(self._random.choice(UNCLEAR), json={"message": "No."}),
            lambda: httpx.Response(200, content=reply.content[: len(reply.content) // 2]),
            lambda: httpx.Response(200, json={"status": "error", "message": "It failed."}),
            lambda: httpx.Response(200, json={"status": "success", "images": []}),
            lambda: _raise(httpx.ReadTimeout("late", request=request)),
            lambda: _raise(httpx.RemoteProtocolError("gone", request=request)),
            lambda: _raise(Interrupt()),
        ]
        return self._random.choice(faults)()


def _raise(error: BaseException) -> httpx.Response:
    raise error


@pytest.mark.parametrize("seed", range(100))
def test_no_less_is_reported_than_charged_and_no_more_than_the_cap(seed: int) -> None:
    chance = random.Random(seed)
    service = Faulty(seed, chance.random())
    bench = Bench(service.answer, "low", 9, cap=chance.randrange(20))
    api = bench.api("primary")
    for _ in range(40):
        fields = INVALID if chance.random() < 0.2 else with_count(FIELDS, chance.randrange(1, 5))
        with suppress(BudgetExceededError, InconclusiveError, TargetLostError, Interrupt):
            api.generate(fields)
        assert service.charged <= bench.run.budget.spent <= bench.run.budget.cap


def test_a_request_without_a_reply_yet_counts_as_spent() -> None:
    """As an interrupted run reports it, which does not wait for the reply."""
    seen: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(bench.run.budget.spent)
        return httpx.Response(409, json={"message": "Wait."})

    bench = Bench(answer, "low", 9)
    bench.api("primary").generate(with_count(FIELDS, 3))
    assert (seen, bench.run.budget.spent) == ([3], 0)


@pytest.mark.parametrize(("fields", "spent"), [(FIELDS, 1), (INVALID, 0)])
@pytest.mark.parametrize("status", UNCLEAR)
def test_an_unclear_reply_counts_unless_the_request_is_invalid(fields: Any, spent: int, status: int) -> None:
    bench = Bench(lambda _: httpx.Response(status, json={"message": "No."}), "low", 9)
    with suppress(InconclusiveError):
        bench.api("primary").generate(fields)
    assert bench.run.budget.spent == spent


def test_once_a_call_is_served_without_a_token_no_generation_is_requested_without_one() -> None:
    bench = Bench(Service(credit_readings([])[0], 9, CREDITS).answer, "low", 9)
    anonymous = bench.api("anonymous")
    assert anonymous.call("getVersions", None).status == 200
    with pytest.raises(InconclusiveError, match="a call without a valid token was served"):
        anonymous.call("generateImage", None, FIELDS)
    assert anonymous.call("generateImage", None, INVALID).status == 422


def test_an_account_that_should_be_refused_is_charged_once_without_a_budget() -> None:
    service = Service(credit_readings([])[0], 9, CREDITS)
    bench = Bench(service.answer, "limited", 0, cap=0)
    limited = bench.api("limited")
    limited.generate(FIELDS)
    with pytest.raises(BudgetExceededError):
        limited.generate(FIELDS)
    assert (len(service.made), bench.run.budget.spent) == (1, 1)


@pytest.mark.parametrize(
    ("body", "spent"), [({"images": []}, 0), ({"images": [{"id": 1}]}, 1), ({"images": None}, 1), ({}, 1)]
)
def test_an_invalid_request_costs_nothing_where_the_reply_lists_no_image(body: Any, spent: int) -> None:
    bench = Bench(lambda _: httpx.Response(200, json={"status": "success", **body}), "low", 9)
    bench.api("primary").generate(INVALID)
    assert bench.run.budget.spent == spent
