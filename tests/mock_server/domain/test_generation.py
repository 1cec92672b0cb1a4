"""A generation from its begin to its end, rule by rule and edge by edge."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import DAY, SECOND
from mock_server.domain.generation import KEPT_IMAGES, Beginning, availability, begin, fail, finish
from mock_server.domain.images import recent
from mock_server.domain.refusals import NO_CREDITS, Refusal, daily_limit, locked
from mock_server.domain.world import Generation, Image, Lock, Order, World
from support.clocks import START

MIDNIGHT = (START // DAY + 1) * DAY
LOCK = 10 * SECOND
GRACE = 30 * SECOND


class Service:
    """One world, and what is asked of it."""

    def __init__(self, world: World, behaviour: Behaviour, order: Callable[[int], Order]) -> None:
        self.world = world
        self.behaviour = behaviour
        self._order = order
        self._begun = 0

    def set(self, **values: object) -> None:
        self.world = replace(self.world, **values)  # type: ignore[arg-type]

    def behave(self, **values: object) -> None:
        self.behaviour = replace(self.behaviour, **values)  # type: ignore[arg-type]

    def try_begin(self, count: int = 1, now: int = START, seconds: float = 2) -> Generation | Refusal:
        self._begun += 1
        beginning = Beginning(f"generation {self._begun}", self._order(count), seconds)
        self.world, outcome = begin(self.world, beginning, now, self.behaviour)
        return outcome

    def begin(self, count: int = 1, now: int = START, seconds: float = 2) -> Generation:
        outcome = self.try_begin(count, now, seconds)
        assert isinstance(outcome, Generation)
        return outcome

    def finish(self, generation: Generation, now: int = START + 2 * SECOND) -> tuple[Image, ...] | Refusal:
        self.world, outcome = finish(self.world, generation, now, self.behaviour, seed=0)
        return outcome

    def fail(self, generation: Generation, now: int = START + 2 * SECOND) -> None:
        self.world, _ = fail(self.world, generation, now, self.behaviour)


@pytest.fixture
def service(world: World, behaviour: Behaviour, order: Callable[[int], Order]) -> Service:
    return Service(world, behaviour, order)


# Beginning


def test_a_generation_takes_the_lock_for_ten_seconds(service: Service) -> None:
    generation = service.begin()
    assert service.world.lock == Lock(generation.id, START + LOCK)


def test_a_generation_ends_when_it_has_taken_its_time(service: Service) -> None:
    generation = service.begin(seconds=2.5)
    assert (generation.ends, generation.lapses) == (START + 2_500_000, START + 2_500_000 + GRACE)


def test_beginning_charges_nothing_yet(service: Service) -> None:
    service.begin(3)
    assert (service.world.credits, service.world.used, service.world.images) == (10, 0, ())


def test_beginning_reserves_credits_and_allowance(service: Service) -> None:
    generation = service.begin(3)
    assert (generation.credits, generation.allowance) == (3, 3)
    assert service.world.running == (generation,)


def test_another_generation_is_refused_until_the_lock_expires(service: Service) -> None:
    service.begin()
    assert service.try_begin(now=START + 1) == locked(START + LOCK)
    assert service.try_begin(now=START + LOCK - 1) == locked(START + LOCK)
    assert isinstance(service.try_begin(now=START + LOCK), Generation)


def test_the_lock_lives_as_long_as_the_behaviour_says(service: Service) -> None:
    service.behave(lock_seconds=0.5)
    service.begin()
    assert service.try_begin(now=START + SECOND // 2 - 1) == locked(START + SECOND // 2)
    assert isinstance(service.try_begin(now=START + SECOND // 2), Generation)


def test_a_lock_for_ever_has_no_end(service: Service) -> None:
    service.set(lock=Lock("somebody else", None))
    assert service.try_begin(now=START + 9 * DAY) == Refusal("locked", "LOCK-ONE", None)


def test_a_daily_limit_is_reached_by_the_image_after_the_last(service: Service) -> None:
    service.set(used=18)
    assert service.try_begin(3) == daily_limit(MIDNIGHT)
    assert isinstance(service.try_begin(2), Generation)


def test_the_daily_limit_ends_at_midnight(service: Service) -> None:
    service.set(used=20)
    assert service.try_begin(now=MIDNIGHT - 1) == Refusal("daily-limit", "DAILY-429", MIDNIGHT)
    assert isinstance(service.try_begin(now=MIDNIGHT), Generation)


def test_a_limit_in_requests_counts_a_request_as_one(service: Service) -> None:
    service.behave(daily_unit="requests")
    service.set(used=19, credits=100)
    service.finish(service.begin(10))
    assert service.world.used == 20
    assert service.try_begin(1, START + 3 * SECOND) == daily_limit(MIDNIGHT)


def test_credits_suffice_to_the_last(service: Service) -> None:
    assert service.try_begin(11) == NO_CREDITS
    service.finish(service.begin(10))
    assert service.world.credits == 0
    assert service.try_begin(1, START + 3 * SECOND) == NO_CREDITS


def test_a_missing_credit_comes_back_at_no_instant(service: Service) -> None:
    service.set(credits=0)
    assert service.try_begin() == Refusal("no-credits", "CREDIT-419", None)


def test_an_image_costs_what_the_behaviour_says(service: Service) -> None:
    service.behave(credits_per_image=4)
    assert service.try_begin(3) == NO_CREDITS
    service.finish(service.begin(2))
    assert service.world.credits == 2


def test_what_costs_nothing_needs_no_credits(service: Service) -> None:
    service.behave(credits_per_image=0)
    service.set(credits=0)
    service.finish(service.begin(5))
    assert (service.world.credits, service.world.made) == (0, 5)


@pytest.mark.parametrize("need", ["all", "any"])
def test_what_costs_nothing_needs_no_credits_whatever_the_need(service: Service, need: str) -> None:
    service.behave(credits_per_image=0, credit_need=need)
    service.set(credits=0)
    assert isinstance(service.try_begin(), Generation)


def test_any_credit_will_do_where_the_behaviour_says_so(service: Service) -> None:
    service.behave(credit_need="any")
    service.set(credits=1)
    made = service.finish(service.begin(5))
    assert isinstance(made, tuple)
    assert len(made) == 5
    assert service.world.credits == 0


def test_no_credit_will_not_do_even_there(service: Service) -> None:
    service.behave(credit_need="any")
    service.set(credits=0)
    assert service.try_begin() == NO_CREDITS


def test_the_lock_is_met_before_the_daily_limit_and_that_before_the_credits(service: Service) -> None:
    service.set(lock=Lock("somebody else", START + 5), used=20, credits=0)
    assert service.try_begin(now=START + 4) == locked(START + 5)
    assert service.try_begin(now=START + 5) == daily_limit(MIDNIGHT)
    assert service.try_begin(now=MIDNIGHT) == NO_CREDITS


@pytest.mark.parametrize(
    "state", [{"lock": Lock("somebody else", START + 5)}, {"used": 20}, {"credits": 0}], ids=["409", "429", "419"]
)
def test_a_refusal_changes_nothing(service: Service, state: dict[str, object]) -> None:
    service.set(**state)
    before = service.world
    assert isinstance(service.try_begin(), Refusal)
    assert service.world == before


# Ending


def test_finishing_charges_counts_records_and_frees_the_lock(service: Service) -> None:
    made = service.finish(service.begin(3))
    assert isinstance(made, tuple)
    assert (service.world.credits, service.world.used, service.world.made) == (7, 3, 3)
    assert (service.world.lock, service.world.running) == (None, ())
    assert recent(service.world) == tuple(reversed(made))


def test_images_are_numbered_on_from_one_generation_to_the_next(service: Service) -> None:
    service.finish(service.begin(2))
    service.finish(service.begin(1, START + 3 * SECOND), START + 4 * SECOND)
    assert [each.id for each in service.world.images] == [1003, 1002, 1001]


def test_images_are_made_when_the_generation_finishes(service: Service) -> None:
    service.finish(service.begin(), START + 1234)
    assert service.world.images[0].created_at == START + 1234


def test_only_so_many_images_are_kept_and_they_are_the_newest(service: Service) -> None:
    service.set(credits=500, daily_limit=500)
    for number in range(11):
        service.finish(service.begin(10, START + 3 * number * SECOND), START + (3 * number + 2) * SECOND)
    assert [each.id for each in service.world.images] == list(range(1110, 1110 - KEPT_IMAGES, -1))
    assert service.world.made == 110


def test_failing_gives_everything_back(service: Service) -> None:
    before = service.world
    service.fail(service.begin(3))
    assert service.world == before


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_a_lock_until_its_expiry_outlives_its_generation(service: Service, end: str) -> None:
    service.behave(lock_release="expiry")
    getattr(service, end)(service.begin())
    assert service.try_begin(now=START + LOCK - 1) == locked(START + LOCK)
    assert isinstance(service.try_begin(now=START + LOCK), Generation)


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_the_lock_of_another_generation_is_never_freed(service: Service, end: str) -> None:
    slow = service.begin(seconds=12)
    other = service.begin(now=START + LOCK)
    getattr(service, end)(slow, START + 12 * SECOND)
    assert service.world.lock == Lock(other.id, START + 2 * LOCK)
    assert service.world.running == (other,)


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_a_lock_for_ever_is_not_freed_by_a_generation(service: Service, end: str) -> None:
    generation = service.begin()
    service.set(lock=Lock("somebody else", None))
    getattr(service, end)(generation)
    assert service.world.lock == Lock("somebody else", None)


def test_two_generations_at_once_never_spend_the_same_credit(service: Service) -> None:
    slow = service.begin(6, seconds=12)
    assert service.try_begin(5, START + LOCK) == NO_CREDITS
    other = service.begin(4, START + LOCK)
    assert isinstance(service.finish(slow, START + 12 * SECOND), tuple)
    assert isinstance(service.finish(other, START + 12 * SECOND), tuple)
    assert service.world.credits == 0


def test_two_generations_at_once_never_use_the_same_allowance(service: Service) -> None:
    service.set(credits=100)
    slow = service.begin(10, seconds=12)
    assert service.try_begin(11, START + LOCK) == daily_limit(MIDNIGHT)
    service.finish(service.begin(10, START + LOCK), START + 12 * SECOND)
    service.finish(slow, START + 12 * SECOND)
    assert service.world.used == 20


def test_two_generations_at_once_leave_no_negative_balance_where_any_credit_will_do(service: Service) -> None:
    service.behave(credit_need="any")
    slow = service.begin(9, seconds=12)
    other = service.begin(5, START + LOCK)
    assert other.credits == 1
    service.finish(slow, START + 12 * SECOND)
    service.finish(other, START + 12 * SECOND)
    assert service.world.credits == 0


def test_a_balance_that_is_lowered_meanwhile_does_not_become_negative(service: Service) -> None:
    generation = service.begin(3)
    service.set(credits=1)
    assert isinstance(service.finish(generation), tuple)
    assert service.world.credits == 0


def test_a_generation_over_midnight_counts_for_the_day_it_finishes_on(service: Service) -> None:
    service.set(used=18)
    generation = service.begin(2, MIDNIGHT - SECOND)
    service.finish(generation, MIDNIGHT + SECOND)
    assert (service.world.day, service.world.used) == (MIDNIGHT // DAY, 2)


def test_a_reservation_from_before_midnight_holds_after_it(service: Service) -> None:
    service.set(credits=100)
    service.begin(10, MIDNIGHT - LOCK, seconds=15)
    assert service.try_begin(11, MIDNIGHT) == daily_limit(MIDNIGHT + DAY)
    assert isinstance(service.try_begin(10, MIDNIGHT), Generation)


# Crashing: neither finished nor failed


def test_what_a_crash_reserved_lapses(service: Service) -> None:
    generation = service.begin(10)
    assert service.try_begin(1, generation.lapses - 1) == NO_CREDITS
    assert isinstance(service.try_begin(10, generation.lapses), Generation)


def test_a_crash_costs_nothing(service: Service) -> None:
    generation = service.begin(10)
    settled = service.world.settled(generation.lapses)
    assert (settled.credits, settled.used, settled.lock, settled.running) == (10, 0, None, ())


def test_a_lapsed_generation_may_still_finish_where_there_is_room(service: Service) -> None:
    generation = service.begin(4)
    assert isinstance(service.finish(generation, generation.lapses), tuple)
    assert (service.world.credits, service.world.used) == (6, 4)


def test_a_lapsed_generation_is_refused_what_others_have_spent(service: Service) -> None:
    late = service.begin(10)
    service.finish(service.begin(1, late.lapses), late.lapses + SECOND)
    before = service.world
    assert service.finish(late, late.lapses + 2 * SECOND) == NO_CREDITS
    assert service.world == before


def test_a_lapsed_generation_is_refused_what_others_have_used(service: Service) -> None:
    service.set(credits=100)
    late = service.begin(20)
    service.finish(service.begin(1, late.lapses), late.lapses + SECOND)
    assert service.finish(late, late.lapses + 2 * SECOND) == daily_limit(MIDNIGHT)


def test_a_lapsed_generation_is_refused_what_others_have_reserved(service: Service) -> None:
    late = service.begin(10)
    other = service.begin(1, late.lapses)
    assert service.finish(late, late.lapses + SECOND) == NO_CREDITS
    assert isinstance(service.finish(other, late.lapses + 2 * SECOND), tuple)
    assert service.world.credits == 9


def test_a_lapsed_generation_does_not_wait_for_a_lock_of_others(service: Service) -> None:
    late = service.begin(1)
    other = service.begin(1, late.lapses)
    assert isinstance(service.finish(late, late.lapses + SECOND), tuple)
    assert service.world.lock is not None
    assert service.world.lock.holder == other.id


def test_a_lapsed_generation_fails_without_a_trace(service: Service) -> None:
    late = service.begin(10)
    other = service.begin(1, late.lapses)
    before = service.world
    service.fail(late, late.lapses + SECOND)
    assert service.world == before
    assert service.world.running == (other,)


# Availability


def test_a_lapsed_generation_that_is_refused_frees_its_own_lock(service: Service) -> None:
    service.behave(lock_seconds=100)
    generation = service.begin(seconds=1)
    service.set(credits=0)
    assert service.finish(generation, START + 40 * SECOND) == NO_CREDITS
    assert service.world.lock is None


def test_finishing_again_changes_nothing(service: Service) -> None:
    generation = service.begin(2)
    made = service.finish(generation)
    before = service.world
    assert service.finish(generation) == made
    assert service.world == before


def test_what_never_fits_into_a_day_is_refused_for_good(service: Service) -> None:
    service.set(daily_limit=5)
    assert service.try_begin(6) == daily_limit(None)


def test_a_world_may_have_a_generation_time_of_its_own(service: Service) -> None:
    service.set(generation_seconds=7.5)
    assert service.begin(seconds=1).ends == START + 7.5 * SECOND


def test_a_generation_can_start_where_none_runs(service: Service) -> None:
    assert availability(service.world, START) is None


def test_none_can_start_while_one_runs(service: Service) -> None:
    service.begin()
    assert availability(service.world, START + LOCK - 1) == locked(START + LOCK)
    assert availability(service.world, START + LOCK) is None


def test_availability_is_a_matter_of_the_lock_alone(service: Service) -> None:
    service.set(credits=0, used=20)
    assert availability(service.world, START) is None


@given(
    credits=st.integers(0, 12),
    counts=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    price=st.integers(0, 3),
    late=st.integers(0, 50),
)
def test_the_balance_is_never_negative_whatever_runs_at_once(
    credits: int,  # noqa: A002
    counts: list[int],
    price: int,
    late: int,
    behaviour: Behaviour,
) -> None:
    behaviour = replace(behaviour, credit_need="any", credits_per_image=price)
    world = World("some", 1, credits, daily_limit=1000, day=START // DAY)
    begun = []
    for number, count in enumerate(counts):
        order = Order("dall-e", "a fox", count, 64, 64, "hd")
        world, outcome = begin(world, Beginning(str(number), order, 5), START + number * LOCK, behaviour)
        begun += [outcome] if isinstance(outcome, Generation) else []
    for generation in begun:
        before = world.credits
        world, _ = finish(world, generation, START + (len(counts) + late) * LOCK, behaviour, seed=0)
        assert 0 <= world.credits <= before
