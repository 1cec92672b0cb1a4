"""Reasons to refuse a generation, and when each ends."""

from itertools import permutations

import pytest

from mock_server.app import rules
from mock_server.domain.clock import DAY, SECOND
from mock_server.domain.refusals import REFUSALS, Refusal, busy, locked, refuse
from mock_server.domain.world import Demand, Generation, Lock
from support.clocks import START
from support.sandbox import LOCK, MIDNIGHT, Sandbox

CODES = ("locked", "daily-limit", "no-credits")


def daily_limit(ends_at: int | None, limit: int, used: int, reserved: int = 0, resets_at: int | None = None) -> Refusal:
    resets_at = ends_at if resets_at is None else resets_at
    state = {"daily_limit": limit, "used_today": used, "reserved": reserved, "resets_at": resets_at}
    return Refusal("daily-limit", ends_at, state)


def no_credits(free: int, needed: int, images: int | None = None) -> Refusal:
    state = {"credits": free, "needed": needed, "images": needed if images is None else images}
    return Refusal("no-credits", None, state)


ONE = Demand("dall-e", 1)


def test_the_default_order_is_that_of_the_table() -> None:
    order = rules().settings["refusal_order"].default
    assert order == [code for code in REFUSALS if code in order]
    assert {code for code, kind in REFUSALS.items() if kind.check} == set(order) - {"invalid"}


def test_each_refusal_has_a_known_rule() -> None:
    assert {kind.rule for kind in REFUSALS.values()} - {None} <= rules().by_id.keys()


def test_a_refusal_by_the_lock_has_its_expiry_and_its_end() -> None:
    lock = Lock("me", START + 9, START + 5)
    state = {"lock": {"until": START + 9}}
    assert locked(lock) == Refusal("locked", START + 5, state)
    assert busy(lock) == Refusal("busy", START + 5, state)


def test_a_permanent_lock_has_no_end(sandbox: Sandbox) -> None:
    sandbox.set(lock=Lock("another client", None))
    sandbox.at(START + 9 * DAY)
    assert sandbox.refused() == Refusal("locked", None, {"lock": {"until": None}})


def test_the_last_credit_can_be_spent(sandbox: Sandbox) -> None:
    assert sandbox.refused(11) == no_credits(10, 11)
    sandbox.begin(10)
    sandbox.after(2)
    assert sandbox.world.credits == 0
    assert sandbox.refused(1) == no_credits(0, 1)


def test_a_refusal_for_lack_of_credits_has_no_end(sandbox: Sandbox) -> None:
    sandbox.set(credits=0)
    assert sandbox.refused() == no_credits(0, 1)


def test_a_higher_price_needs_more_credits(sandbox: Sandbox) -> None:
    sandbox.behave(credits_per_image=4)
    assert sandbox.refused(3) == no_credits(10, 12, images=3)
    sandbox.begin(2)


@pytest.mark.parametrize("need", ["all", "any"])
def test_a_free_generation_needs_no_credits(sandbox: Sandbox, need: str) -> None:
    sandbox.behave(credits_per_image=0, credit_need=need)
    sandbox.set(credits=0)
    assert sandbox.begin(5).credits == 0


def test_one_credit_is_enough_when_any_credit_suffices(sandbox: Sandbox) -> None:
    sandbox.behave(credit_need="any")
    sandbox.set(credits=1)
    assert sandbox.begin(5).credits == 1


def test_zero_credits_are_refused_when_any_credit_suffices(sandbox: Sandbox) -> None:
    sandbox.behave(credit_need="any")
    sandbox.set(credits=0)
    assert sandbox.refused(5) == no_credits(0, 1, images=5)


def test_the_last_image_of_the_daily_limit_can_be_generated(sandbox: Sandbox) -> None:
    sandbox.set(used=18)
    assert sandbox.refused(3) == daily_limit(MIDNIGHT, 20, 18)
    sandbox.begin(2)


def test_the_daily_limit_resets_at_midnight(sandbox: Sandbox) -> None:
    sandbox.set(used=20)
    sandbox.at(MIDNIGHT - 1)
    state = {"daily_limit": 20, "used_today": 20, "reserved": 0, "resets_at": MIDNIGHT}
    assert sandbox.refused() == Refusal("daily-limit", MIDNIGHT, state)
    sandbox.at(MIDNIGHT)
    sandbox.begin()


def test_the_daily_limit_resets_at_the_configured_time(sandbox: Sandbox) -> None:
    sandbox.behave(daily_reset="10:30")
    sandbox.at(START)
    sandbox.set(used=20)
    refusal = sandbox.refused()
    assert refusal.ends_at == refusal.state["resets_at"] == START + 1800 * SECOND


def test_a_limit_in_requests_counts_a_request_as_one(sandbox: Sandbox) -> None:
    sandbox.behave(daily_unit="requests")
    sandbox.set(used=19)
    sandbox.begin(10)
    sandbox.after(2)
    assert sandbox.refused(1) == daily_limit(MIDNIGHT, 20, 20)


def test_a_request_above_the_daily_limit_is_refused_without_an_end(sandbox: Sandbox) -> None:
    sandbox.set(daily_limit=5)
    assert sandbox.refused(6) == daily_limit(None, 5, 0, resets_at=MIDNIGHT)


def test_concurrent_generations_never_spend_the_same_credit(sandbox: Sandbox) -> None:
    sandbox.begin(6, seconds=12)
    sandbox.at(START + LOCK)
    assert sandbox.refused(5) == no_credits(4, 5)
    sandbox.begin(4)
    assert sandbox.after(2).credits == 0


def test_concurrent_generations_never_use_the_same_allowance(sandbox: Sandbox) -> None:
    sandbox.set(credits=100)
    sandbox.begin(10, seconds=12)
    sandbox.at(START + LOCK)
    assert sandbox.refused(11) == daily_limit(MIDNIGHT, 20, 0, reserved=10)
    sandbox.begin(10)
    assert sandbox.after(2).used == 20


def test_a_reservation_remains_after_midnight(sandbox: Sandbox) -> None:
    sandbox.set(credits=100)
    sandbox.at(MIDNIGHT - LOCK)
    sandbox.begin(10, seconds=15)
    sandbox.at(MIDNIGHT)
    assert sandbox.refused(11) == daily_limit(MIDNIGHT + DAY, 20, 0, reserved=10)
    sandbox.begin(10)


def test_the_lock_is_checked_before_the_daily_limit_and_the_credits_last(sandbox: Sandbox) -> None:
    sandbox.set(lock=Lock("another client", START + 5), used=20, credits=0)
    assert sandbox.refused().rule == "LOCK-ONE"
    sandbox.at(START + 5)
    assert sandbox.refused().rule == "DAILY-429"
    sandbox.at(MIDNIGHT)
    assert sandbox.refused().rule == "CREDIT-419"


@pytest.mark.parametrize("order", list(permutations(["invalid", *CODES])), ids=str)
def test_the_first_refusal_of_the_configured_order_applies(sandbox: Sandbox, order: tuple[str, ...]) -> None:
    sandbox.behave(refusal_order=order)
    sandbox.set(lock=Lock("another client", None), used=20, credits=0)
    assert sandbox.refused().code == next(code for code in order if code != "invalid")


def test_only_the_given_codes_are_checked(sandbox: Sandbox) -> None:
    sandbox.set(lock=Lock("another client", None), used=20, credits=0)
    for code in CODES:
        refusal = refuse(sandbox.world, ONE, START, sandbox.behaviour, ["invalid", code])
        assert refusal is not None
        assert refusal.code == code
    assert refuse(sandbox.world, ONE, START, sandbox.behaviour, ["invalid"]) is None


def test_an_allowed_generation_has_no_refusal(sandbox: Sandbox) -> None:
    assert refuse(sandbox.world, Demand("dall-e", 10), START, sandbox.behaviour) is None


@pytest.mark.parametrize("lock", ["rule", "expiry"])
def test_the_same_request_is_accepted_when_the_refusal_ends(sandbox: Sandbox, lock: str) -> None:
    sandbox.begin(seconds=3, lock=lock)
    sandbox.after(1)
    ends_at = sandbox.refused().ends_at
    assert ends_at is not None
    sandbox.at(ends_at - 1)
    sandbox.refused()
    sandbox.at(ends_at)
    assert isinstance(sandbox.ask(), Generation)


def test_a_sandbox_account_pays_nothing_and_has_no_daily_limit(sandbox: Sandbox) -> None:
    sandbox.set(credits=0, daily_limit=0, sandbox=True)
    sandbox.begin(5)
    sandbox.after(2)
    assert (sandbox.world.credits, sandbox.world.used, len(sandbox.world.images)) == (0, 0, 5)
    assert {image.credits for image in sandbox.world.images} == {0}
