from typing import Any

import pytest

from contract_tests.oracle.oracle import STARTED, Deviation, Oracle


def oracle(credits_: int = 2, limit: int = 2, generation_ms: int = 3_000) -> Oracle:
    return Oracle(credits_, limit, generation_ms, complete=True)


def rule(deviation: Deviation | None) -> str | None:
    return deviation.rule if deviation else None


def image(number: int) -> dict[str, Any]:
    return {"id": number, "title": f"{number}.png", "input": "a prompt", "output": f"uploads/{number}.png"}


def running(account: Oracle, since: int) -> Oracle:
    account.start(1)
    account.advance(since)
    account.ended()
    return account


@pytest.mark.parametrize(
    ("account", "status", "broken"),
    [
        (oracle(), STARTED, None),
        (oracle(), 409, "LOCK-CHECK"),
        (oracle(), 419, "CREDIT-COST"),
        (oracle(), 429, "DAILY-429"),
        (oracle(), 500, "SHAPE"),
        (oracle(credits_=0), 419, None),
        (oracle(credits_=0), STARTED, "CREDIT-419"),
        (oracle(limit=0), 429, None),
        (oracle(limit=0), STARTED, "DAILY-429"),
        (oracle(credits_=0, limit=0), 419, None),
        (running(oracle(), 2_999), 409, None),
        (running(oracle(), 2_999), STARTED, "LOCK-ONE"),
        (running(oracle(limit=1), 2_999), 429, None),
        (running(oracle(credits_=1), 2_999), 419, None),
        (running(oracle(), 2_999), 419, "CREDIT-COST"),
        (running(oracle(), 3_001), STARTED, None),
        (running(oracle(), 3_001), 409, None),
        (running(oracle(), 10_001), 409, "LOCK-10S"),
        (running(oracle(credits_=1), 10_001), STARTED, "CREDIT-419"),
        (Oracle(), STARTED, None),
    ],
)
def test_judges_a_generation(account: Oracle, status: int, broken: str | None) -> None:
    assert rule(account.on_generate(1, status)) == broken


@pytest.mark.parametrize(
    ("account", "status", "broken"),
    [
        (oracle(), 200, None),
        (oracle(), 409, "LOCK-CHECK"),
        (running(oracle(), 1), 409, None),
        (running(oracle(), 1), 200, "LOCK-CHECK"),
        (running(oracle(), 3_001), 200, None),
        (running(oracle(), 3_001), 409, None),
        (running(oracle(generation_ms=12_000), 9_999), 200, "LOCK-CHECK"),
        (running(oracle(generation_ms=12_000), 10_000), 200, None),
        (running(oracle(generation_ms=12_000), 10_000), 409, None),
        (running(oracle(generation_ms=12_000), 10_001), 409, "LOCK-10S"),
    ],
)
def test_judges_a_check(account: Oracle, status: int, broken: str | None) -> None:
    assert rule(account.on_check(status)) == broken


@pytest.mark.parametrize(
    ("listed", "broken"),
    [
        ([image(2), image(1)], None),
        ([{**image(2), "created_at": "2026-02-26T10:00:00Z"}, image(1)], None),
        ([image(1)], "RECENT-SAME"),
        ([image(3), image(2), image(1)], "RECENT-OWN"),
        ([image(2), {**image(1), "input": "A Prompt"}], "RECENT-SAME"),
        ([image(number) for number in range(11)], "RECENT-10"),
    ],
)
def test_judges_the_recent_images(listed: list[dict[str, Any]], broken: str | None) -> None:
    account = oracle()
    account.add_images([image(1), image(2)])
    assert rule(account.on_recent(listed)) == broken


def test_an_incomplete_oracle_does_not_judge_unknown_images() -> None:
    account = Oracle()
    account.add_images([image(1)])
    assert account.on_recent([image(9)]) is None


def test_an_incomplete_oracle_does_not_judge_the_lock() -> None:
    assert [Oracle().on_check(status) for status in (200, 409)] == [None, None]


def test_charges_when_a_generation_has_ended() -> None:
    account = running(oracle(), 2_999)
    assert (account.credits, account.used) == (2, 0)
    account.advance(1)
    assert [each.count for each in account.ended()] == [1]
    assert account.on_balance(1, 1) is None
    assert rule(account.on_balance(2, 1)) == "CREDIT-COST"
    assert rule(account.on_balance(1, 0)) == "DAILY-RESET"


def test_requests_only_images_that_are_certainly_affordable() -> None:
    assert [oracle(3, 2).affordable_images(), oracle(0, 2).affordable_images(), Oracle().affordable_images()] == [
        2,
        1,
        1,
    ]


def test_a_failed_generation_may_leave_images_behind() -> None:
    oracle = Oracle(complete=True)
    strange = [{"id": 7, "title": "a", "input": "b", "output": "c"}]
    assert oracle.on_recent(strange) is not None
    oracle.leftovers = True
    assert oracle.on_recent(strange) is None
