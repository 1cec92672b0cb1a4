"""The start of a generation, and its outcome."""

import itertools
from typing import Any

import pytest
from msgspec.structs import replace

from mock_server.domain.clock import SECOND
from mock_server.domain.generation import Failure, GenerationRequest, availability, begin, outcome, refuse_invalid
from mock_server.domain.refusals import Refusal, busy
from mock_server.domain.world import Demand, Generation, Lock, Order
from support.clocks import START
from support.sandbox import LOCK, Sandbox


def test_starting_a_generation_charges_nothing(sandbox: Sandbox) -> None:
    sandbox.begin(3)
    assert (sandbox.world.credits, sandbox.world.used, sandbox.world.images) == (10, 0, ())


def test_starting_a_generation_reserves_credits_and_allowance(sandbox: Sandbox) -> None:
    generation = sandbox.begin(3)
    assert (generation.credits, generation.allowance) == (3, 3)
    assert sandbox.world.running == (generation,)


def test_a_limit_in_requests_reserves_an_allowance_of_one(sandbox: Sandbox) -> None:
    sandbox.behave(daily_unit="requests")
    assert sandbox.begin(3).allowance == 1


def test_an_image_has_the_configured_price(sandbox: Sandbox) -> None:
    sandbox.behave(credits_per_image=4)
    assert sandbox.begin(2).credits == 8


def test_at_most_the_balance_is_reserved_when_any_credit_suffices(sandbox: Sandbox) -> None:
    sandbox.behave(credit_need="any")
    assert sandbox.begin(15).credits == 10


@pytest.mark.parametrize(
    ("own", "forced", "microseconds"),
    [(None, None, 4_000_000), (0, None, 0), (7.25, None, 7_250_000), (None, 0.5, 500_000)],
)
def test_the_duration_of_its_engine_precedes_that_of_the_server_alone(
    sandbox: Sandbox, own: float | None, forced: float | None, microseconds: int
) -> None:
    sandbox.set(generation_seconds=own)
    sandbox.behave(generation_seconds={"dall-e": 4, "flux-pro": 9})
    assert sandbox.begin(seconds=2.5, forced_seconds=forced).ends == START + microseconds
    sandbox.behave(generation_seconds={"flux-pro": 9})
    sandbox.set(generation_seconds=None, running=(), lock=None)
    assert sandbox.begin(seconds=2.5).ends == START + 2_500_000


READINGS = [*itertools.product(["generation", "request"], ["completion", "expiry"])]
ORDERS = [list(order) for order in itertools.permutations(["invalid", "locked", "daily-limit", "no-credits"])]


@pytest.mark.parametrize("refusal_order", ORDERS, ids=" ".join)
@pytest.mark.parametrize(("taken", "release"), READINGS)
def test_only_a_request_that_takes_the_lock_and_never_frees_it_leaves_it(
    sandbox: Sandbox, refusal_order: list[str], taken: str, release: str
) -> None:
    sandbox.behave(lock_taken=taken, lock_release=release, refusal_order=refusal_order)
    for code, values in (("no-credits", {"credits": 0}), ("daily-limit", {"used": 20}), ("invalid", {})):
        sandbox.set(**{"credits": 10, "used": 0, "lock": None, **values})
        if code == "invalid":
            world, refusal = refuse_invalid(
                sandbox.world, "a request", Demand("dall-e", 1), sandbox.now, sandbox.behaviour
            )
            assert refusal is None
            sandbox.set(lock=world.lock)
        else:
            assert sandbox.refused().code == code
        leaves = (taken, release) == ("request", "expiry") and refusal_order.index(code) > refusal_order.index("locked")
        assert (sandbox.world.lock is not None) == leaves
        if sandbox.world.lock:
            assert (sandbox.world.lock.until, sandbox.world.lock.freed) == (sandbox.now + LOCK, None)
            assert sandbox.refused().code in {"locked", *refusal_order[: refusal_order.index("locked")]}
            assert sandbox.after(10).lock is None


def test_a_refusal_by_the_lock_leaves_the_lock_as_it_is(sandbox: Sandbox) -> None:
    sandbox.behave(lock_taken="request", lock_release="expiry")
    sandbox.begin()
    lock = sandbox.world.lock
    sandbox.after(3)
    assert sandbox.refused().code == "locked"
    assert sandbox.world.lock == lock


@pytest.mark.parametrize(
    ("own", "forced", "microseconds"),
    [
        (None, None, 2_500_000),
        (7.25, None, 7_250_000),
        (0, None, 0),
        (None, 0.5, 500_000),
        (7.25, 0.5, 500_000),
        (7.25, 0, 0),
    ],
)
def test_the_duration_is_the_forced_one_else_that_of_the_world_else_that_of_the_server(
    sandbox: Sandbox, own: float | None, forced: float | None, microseconds: int
) -> None:
    sandbox.set(generation_seconds=own)
    generation = sandbox.begin(seconds=2.5, forced_seconds=forced)
    assert (generation.ends, generation.ready) == (START + microseconds, START + microseconds)


def test_a_generation_without_duration_ends_when_it_starts(sandbox: Sandbox) -> None:
    generation = sandbox.begin(2, seconds=0)
    assert (sandbox.world.running, sandbox.world.lock, sandbox.world.credits) == ((), None, 8)
    assert len(outcome(sandbox.world, generation) or ()) == 2  # type: ignore[arg-type]


def test_a_queued_generation_ends_when_it_starts_and_its_pictures_are_ready_later(sandbox: Sandbox) -> None:
    sandbox.begin(seconds=4, queues=True)
    (image,) = sandbox.world.images
    assert (image.created_at, image.ready) == (START, START + 4 * SECOND)
    assert (sandbox.world.running, sandbox.world.lock) == ((), None)


def test_no_other_generation_is_queued(sandbox: Sandbox) -> None:
    assert sandbox.begin(seconds=4, queues=False).ends == START + 4 * SECOND


@pytest.mark.parametrize(
    "state", [{"lock": Lock("another client", START + 5)}, {"used": 20}, {"credits": 0}], ids=["409", "429", "419"]
)
def test_a_refused_generation_changes_nothing(sandbox: Sandbox, state: dict[str, Any]) -> None:
    sandbox.set(**state)
    before = sandbox.world
    assert isinstance(sandbox.ask(), Refusal)
    assert sandbox.world == before


def test_a_running_generation_has_no_outcome(sandbox: Sandbox) -> None:
    generation = sandbox.begin()
    assert outcome(sandbox.at(generation.ends - 1), generation) is None


def test_the_outcome_of_an_ended_generation_is_its_images_oldest_first(sandbox: Sandbox) -> None:
    first = sandbox.begin(2)
    sandbox.after(2)
    sandbox.begin(3)
    made = outcome(sandbox.after(2), first)
    assert isinstance(made, tuple)
    assert [(each.id, each.generation) for each in made] == [(1001, first.id), (1002, first.id)]


def test_the_outcome_of_a_failed_generation_is_its_failure(sandbox: Sandbox) -> None:
    generation = sandbox.begin(failure="The engine is down.")
    assert outcome(sandbox.after(2), generation) == Failure("The engine is down.")


def test_an_unknown_generation_has_no_outcome(sandbox: Sandbox) -> None:
    generation = replace(sandbox.begin(), id="of another world")
    assert outcome(sandbox.after(2), generation) is None


def test_a_cancelled_generation_has_no_outcome(sandbox: Sandbox) -> None:
    generation = sandbox.begin()
    sandbox.cancel(generation)
    assert outcome(sandbox.after(2), generation) is None


def test_a_cancelled_generation_is_refunded(sandbox: Sandbox) -> None:
    before = sandbox.world
    generation = sandbox.begin(3)
    sandbox.after(1)
    sandbox.cancel(generation)
    assert sandbox.world == before


def test_cancelling_does_not_affect_another_generation(sandbox: Sandbox) -> None:
    slow = sandbox.begin(seconds=12)
    sandbox.at(START + LOCK)
    other = sandbox.begin()
    sandbox.cancel(slow)
    assert sandbox.world.running == (other,)
    assert sandbox.world.lock is not None
    assert sandbox.world.lock.holder == other.id


@pytest.mark.parametrize("release", ["completion", "expiry"])
@pytest.mark.parametrize("lock", ["rule", "expiry", "forever"])
@pytest.mark.parametrize("failure", [None, "The engine is down."])
def test_cancelling_an_ended_generation_changes_nothing(
    sandbox: Sandbox, release: str, lock: str, failure: str | None
) -> None:
    sandbox.behave(lock_release=release)
    generation = sandbox.begin(2, lock=lock, failure=failure)
    before = sandbox.after(2)
    sandbox.cancel(generation)
    assert sandbox.world == before


def test_a_generation_can_start_when_none_runs(sandbox: Sandbox) -> None:
    assert availability(sandbox.world) is None


def test_none_can_start_while_one_runs(sandbox: Sandbox) -> None:
    sandbox.begin(seconds=5)
    lock = Lock("generation 1", START + LOCK, START + 5 * SECOND)
    assert availability(sandbox.at(START + 5 * SECOND - 1)) == busy(lock)
    assert availability(sandbox.at(START + 5 * SECOND)) is None


def test_availability_depends_on_the_lock_alone(sandbox: Sandbox) -> None:
    sandbox.set(credits=0, used=20)
    assert availability(sandbox.world) is None


@pytest.mark.parametrize(("kept", "listed"), [(0, 0), (2, 2), (9, 3)])
def test_images_that_were_made_before_a_failure_stay_and_cost_nothing(sandbox: Sandbox, kept: int, listed: int) -> None:
    request = GenerationRequest("failing", Order("dall-e", "a fox", 3, 64, 64, "hd"), 2, failure="No.", kept=kept)
    sandbox.world, generation = begin(sandbox.world, request, sandbox.now, sandbox.behaviour)
    assert isinstance(generation, Generation)
    world = sandbox.after(2)
    assert outcome(world, generation) == Failure("No.")
    assert (len(world.images), world.made, world.credits, world.used) == (listed, listed, 10, 0)
    assert {image.credits for image in world.images} <= {0}
