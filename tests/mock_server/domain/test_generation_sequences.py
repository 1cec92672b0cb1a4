"""Any sequence of generations, against an oracle that derives everything from the past events."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from msgspec.structs import replace

from mock_server.domain.generation import Failure, GenerationRequest, availability, begin, cancel, outcome
from mock_server.domain.images import recent
from mock_server.domain.refusals import Refusal
from mock_server.domain.settling import advance_to
from mock_server.domain.world import Generation, Order, World
from support.examples import examples
from support.oracle import LOCK, SECOND, Event, Oracle
from support.sandbox import BEHAVIOUR

DAY = 24 * 3600 * SECOND
MORNING = 20_000 * DAY + (6 * 3600 + 1800) * SECOND - 25 * SECOND
LASTS = st.sampled_from([0, 2, 9.999999, 10, 12, 35])
FAILED = Failure("The engine is down.")


class Generations(RuleBasedStateMachine):
    """Generations begin, end, fail and are cancelled while time passes.

    One world advances when it is read or changed, the other whenever time passes, in small steps.
    """

    begun = Bundle("begun")

    @initialize(
        credits=st.integers(0, 15),
        daily_limit=st.integers(0, 12),
        price=st.sampled_from([1, 1, 0, 2]),
        credit_need=st.sampled_from(["all", "any"]),
        daily_unit=st.sampled_from(["images", "requests"]),
        lock_release=st.sampled_from(["completion", "expiry"]),
        order=st.permutations(["invalid", "locked", "daily-limit", "no-credits"]),
        daily_reset=st.sampled_from(["00:00", "06:30", "23:59"]),
        own_seconds=st.none() | LASTS,
    )
    def open(
        self,
        credits: int,  # noqa: A002
        daily_limit: int,
        price: int,
        credit_need: str,
        daily_unit: str,
        lock_release: str,
        order: list[str],
        daily_reset: str,
        own_seconds: float | None,
    ) -> None:
        self.now = MORNING
        self.number = 0
        self.generations: dict[str, Generation] = {}
        self.behaviour = replace(
            BEHAVIOUR,
            credits_per_image=price,
            credit_need=credit_need,
            daily_unit=daily_unit,
            lock_release=lock_release,
            refusal_order=order,
            daily_reset=daily_reset,
        )
        self.world = World("some world", 1001, credits, daily_limit, generation_seconds=own_seconds)
        self.watched = advance_to(self.world, self.now, self.behaviour)
        hours, minutes = map(int, daily_reset.split(":"))
        self.oracle = Oracle(
            credits,
            daily_limit,
            price,
            credit_need == "any",
            daily_unit == "images",
            lock_release == "completion",
            order,
            timedelta(hours=hours, minutes=minutes),
        )

    @rule(
        target=begun,
        count=st.integers(1, 4),
        lasts=LASTS,
        forced=st.none() | LASTS,
        kept=st.sampled_from(["rule", "rule", "rule", "expiry", "forever"]),
        fails=st.sampled_from([False, False, True]),
        engine=st.sampled_from(["dall-e", "dall-e", "flux-pro"]),
    )
    def begins(self, count: int, lasts: float, forced: float | None, kept: str, fails: bool, engine: str) -> object:
        expected = self.oracle.refuses(count, self.now)
        price = self.oracle.charge(count, self.now)
        before = advance_to(self.world, self.now, self.behaviour)
        self.number += 1
        order = Order(engine, f"prompt {self.number}", count, 64, 64, "hd", queues=engine == "flux-pro")
        failure = FAILED.message if fails else None
        start = GenerationRequest(f"generation {self.number}", order, lasts, forced, failure, kept)  # type: ignore[arg-type]
        self.world, begun = begin(before, start, self.now, self.behaviour)
        self.watched, _ = begin(self.watched, start, self.now, self.behaviour)
        if isinstance(begun, Refusal):
            assert (begun.rule, begun.ends_at) == expected
            assert self.world == before
            return multiple()
        assert expected is None
        own = self.world.generation_seconds
        takes = forced if forced is not None else own if own is not None else lasts
        ends = self.now if engine == "flux-pro" else self.now + round(takes * SECOND)
        lock_ends = self.oracle.lock_ends(kept, self.now, ends)
        self.oracle.events[start.id] = Event(self.now, count, price, ends, lock_ends, fails)
        self.generations[start.id] = begun
        return start.id

    @rule(name=begun)
    def cancels(self, name: str) -> None:
        event = self.oracle.events[name]
        event.cancelled = event.cancelled or event.runs(self.now)
        self.world = cancel(advance_to(self.world, self.now, self.behaviour), self.generations[name])
        self.watched = cancel(self.watched, self.generations[name])

    @rule()
    def lock_is_deleted(self) -> None:
        for name in self.oracle.holders(self.now):
            self.oracle.events[name].freed = True
        self.world = replace(advance_to(self.world, self.now, self.behaviour), lock=None)
        self.watched = replace(self.watched, lock=None)

    @rule()
    def world_is_read(self) -> None:
        self.world = advance_to(self.world, self.now, self.behaviour)

    @rule(passes=st.sampled_from([1, SECOND, 5 * SECOND, LOCK - 1, LOCK, LOCK + 1, 45 * SECOND, DAY]))
    def time_passes(self, passes: int) -> None:
        for part in (passes // 3, passes // 2, passes):
            self.watched = advance_to(self.watched, self.now + part, self.behaviour)
        self.now += passes

    @rule(early=st.sampled_from([0, 1]))
    def time_passes_to_the_end_of_the_lock(self, early: int) -> None:
        for name in self.oracle.holders(self.now):
            self.time_passes(max(0, (self.oracle.events[name].lock_ends or 0) - early - self.now))

    @rule(name=begun, early=st.sampled_from([0, 1]))
    def time_passes_to_the_end_of_a_generation(self, name: str, early: int) -> None:
        self.time_passes(max(0, self.oracle.events[name].ends - early - self.now))

    @rule(early=st.sampled_from([0, 1]))
    def time_passes_to_the_next_day(self, early: int) -> None:
        self.time_passes(self.oracle.next_date(self.now) - early - self.now)

    @invariant()
    def at_most_one_generation_holds_the_lock(self) -> None:
        holders = self.oracle.holders(self.now)
        assert len(holders) <= 1
        assert [self.watched.lock.holder] if self.watched.lock else holders == []
        assert (availability(self.watched) is None) == (not holders)

    @invariant()
    def balance_is_the_credits_minus_the_price_of_all_images(self) -> None:
        assert self.watched.credits == self.oracle.left(self.now) >= 0

    @invariant()
    def daily_limit_is_not_exceeded(self) -> None:
        assert self.watched.used == self.oracle.used(self.now) <= self.oracle.daily_limit

    @invariant()
    def reserved_credits_are_available(self) -> None:
        assert sum(each.credits for each in self.watched.running) <= self.watched.credits
        assert [each.ends for each in self.watched.running] == [each.ends for each in self.oracle.running(self.now)]

    @invariant()
    def images_are_newest_first_with_unique_ids(self) -> None:
        images = self.watched.images
        made = [(name, event.ends) for name, event in self.oracle.made(self.now).items() for _ in range(event.count)]
        assert [(each.generation, each.created_at) for each in images] == made[::-1]
        assert [each.id for each in images] == list(range(1000 + len(made), 1000, -1))
        assert list(recent(self.watched)) == list(images[:10])

    @invariant()
    def outcome_of_a_generation_is_its_images_its_failure_or_none(self) -> None:
        for name, event in self.oracle.events.items():
            result = outcome(self.watched, self.generations[name])
            if event.made(self.now):
                assert isinstance(result, tuple)
                assert [each.generation for each in result] == [name] * event.count
            elif event.fails and self.now >= event.ends:
                assert result == FAILED
            elif not event.fails:
                assert result is None

    @invariant()
    def result_does_not_depend_on_when_the_world_is_read(self) -> None:
        once = advance_to(self.world, self.now, self.behaviour)
        assert once == self.watched == advance_to(once, self.now, self.behaviour)


TestGenerations = Generations.TestCase
TestGenerations.settings = settings(max_examples=examples(120), stateful_step_count=25, deadline=None)
