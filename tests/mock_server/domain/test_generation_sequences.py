"""Any sequence of generations, against an oracle that knows no state but what has happened.

The oracle keeps a history and works out every answer from it anew. It shares no code with the rules.
"""

from dataclasses import dataclass, field, replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from mock_server import resources
from mock_server.configuration import read_behaviour
from mock_server.contract import compile_rules, read_yaml
from mock_server.domain.generation import Beginning, availability, begin, fail, finish
from mock_server.domain.images import recent
from mock_server.domain.refusals import Refusal
from mock_server.domain.world import Generation, Image, Order, World

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND
LOCK = 10 * SECOND
GRACE = 30 * SECOND
EVENING = 20_000 * DAY - 25 * SECOND
DEFAULTS = read_behaviour(None, compile_rules(read_yaml(resources.RULES)))


@dataclass
class Event:
    """A generation that has begun. closed: when it ended, made: with how many images, None for not yet."""

    began: int
    count: int
    lasts: int
    closed: int | None = None
    made: int = 0

    def reserves(self, now: int) -> bool:
        return self.closed is None and now < self.began + self.lasts + GRACE


@dataclass
class Oracle:
    """What an account may do, worked out from all that has happened to it."""

    credits: int
    daily_limit: int
    released_early: bool
    images_count: bool
    events: dict[str, Event] = field(default_factory=dict)

    def holders(self, now: int) -> list[str]:
        return [
            name
            for name, event in self.events.items()
            if now < event.began + LOCK and not (self.released_early and event.closed is not None)
        ]

    def made(self) -> int:
        return sum(event.made for event in self.events.values())

    def used(self, now: int) -> int:
        finished = [each for each in self.events.values() if each.made and each.closed is not None]
        return sum(self.weight(each.made) for each in finished if (each.closed or 0) // DAY == now // DAY)

    def weight(self, count: int) -> int:
        return count if self.images_count else 1

    def no_room(self, count: int, now: int) -> str | None:
        """Return why `count` more images are too many, the daily limit before the credits."""
        reserving = [each.count for each in self.events.values() if each.reserves(now)]
        if self.used(now) + sum(map(self.weight, [*reserving, count])) > self.daily_limit:
            return "DAILY-429"
        return "CREDIT-419" if self.made() + sum(reserving) + count > self.credits else None

    def refuses(self, count: int, now: int) -> str | None:
        return "LOCK-ONE" if self.holders(now) else self.no_room(count, now)


class Generations(RuleBasedStateMachine):
    """Generations begin, finish, fail or are never heard of again, while time passes."""

    under_way = Bundle("under_way")
    over = Bundle("over")

    @initialize(
        credits=st.integers(0, 25),
        daily_limit=st.integers(0, 20),
        lock_release=st.sampled_from(["completion", "expiry"]),
        daily_unit=st.sampled_from(["images", "requests"]),
    )
    def open(self, credits: int, daily_limit: int, lock_release: str, daily_unit: str) -> None:  # noqa: A002
        self.now = EVENING
        self.begun = 0
        self.images: list[Image] = []
        self.world = World("some world", 1001, credits, daily_limit, day=EVENING // DAY)
        self.behaviour = replace(DEFAULTS, lock_release=lock_release, daily_unit=daily_unit)
        self.oracle = Oracle(credits, daily_limit, lock_release == "completion", daily_unit == "images")

    @rule(target=under_way, count=st.integers(1, 6), lasts=st.sampled_from([0, 2, 9.999999, 10, 12, 35]))
    def begins(self, count: int, lasts: float) -> object:
        expected = self.oracle.refuses(count, self.now)
        before = self.world.settled(self.now)
        self.begun += 1
        order = Order("dall-e", f"prompt {self.begun}", count, 64, 64, "hd")
        start = Beginning(f"generation {self.begun}", order, lasts)
        self.world, outcome = begin(self.world, start, self.now, self.behaviour)
        if isinstance(outcome, Refusal):
            assert outcome.rule == expected
            assert self.world == before
            return multiple()
        assert expected is None
        self.oracle.events[start.id] = Event(self.now, count, round(lasts * SECOND))
        return outcome

    @rule(generation=consumes(under_way), target=over)
    def finishes(self, generation: Generation) -> Generation:
        event = self.oracle.events[generation.id]
        expected = None if event.reserves(self.now) else self.oracle.no_room(event.count, self.now)
        self.world, outcome = finish(self.world, generation, self.now, self.behaviour, seed=0)
        event.closed = self.now
        if isinstance(outcome, Refusal):
            assert outcome.rule == expected
        else:
            assert expected is None
            assert [each.prompt for each in outcome] == [generation.order.prompt] * event.count
            event.made = event.count
            self.images += outcome
        return generation

    @rule(generation=consumes(under_way), target=over)
    def fails(self, generation: Generation) -> Generation:
        self.world, _ = fail(self.world, generation, self.now, self.behaviour)
        self.oracle.events[generation.id].closed = self.now
        return generation

    @rule(generation=over)
    def fails_after_its_end(self, generation: Generation) -> None:
        before = self.world.settled(self.now)
        self.world, _ = fail(self.world, generation, self.now, self.behaviour)
        assert self.world == before

    @rule(generation=consumes(under_way))
    def crashes(self, generation: Generation) -> None:
        """It is never heard of again."""

    @rule(passes=st.sampled_from([1, SECOND, 5 * SECOND, LOCK - 1, LOCK, LOCK + 1, GRACE, 45 * SECOND, DAY]))
    def time_passes(self, passes: int) -> None:
        self.now += passes

    @rule(early=st.sampled_from([0, 1]))
    def time_passes_to_the_end_of_the_lock(self, early: int) -> None:
        if self.world.lock and self.world.lock.until:
            self.now = max(self.now, self.world.lock.until - early)

    @rule(generation=under_way, early=st.sampled_from([0, 1]))
    def time_passes_until_a_reservation_lapses(self, generation: Generation, early: int) -> None:
        self.now = max(self.now, generation.lapses - early)

    @rule(early=st.sampled_from([0, 1]))
    def time_passes_to_midnight(self, early: int) -> None:
        self.now = (self.now // DAY + 1) * DAY - early

    @invariant()
    def one_generation_at_most_holds_the_lock(self) -> None:
        holders = self.oracle.holders(self.now)
        assert len(holders) <= 1
        lock = self.world.settled(self.now).lock
        assert [lock.holder] if lock else holders == []

    @invariant()
    def it_is_available_when_nobody_holds_the_lock(self) -> None:
        assert (availability(self.world, self.now) is None) == (not self.oracle.holders(self.now))

    @invariant()
    def the_balance_is_what_was_there_without_what_was_made(self) -> None:
        assert self.world.credits == self.oracle.credits - len(self.images) >= 0

    @invariant()
    def the_daily_limit_holds(self) -> None:
        used = self.world.settled(self.now).used
        assert used == self.oracle.used(self.now)
        assert used <= self.oracle.daily_limit

    @invariant()
    def what_is_reserved_could_be_charged_at_once(self) -> None:
        running = self.world.settled(self.now).running
        assert sum(each.credits for each in running) <= self.world.credits

    @invariant()
    def the_images_are_there_newest_first_each_with_an_id_of_its_own(self) -> None:
        newest = list(reversed(self.images))
        assert list(self.world.images) == newest
        assert list(recent(self.world)) == newest[:10]
        ids = [each.id for each in newest]
        assert ids == sorted(set(ids), reverse=True)
        assert [each.created_at for each in newest] == sorted((each.created_at for each in newest), reverse=True)


TestGenerations = Generations.TestCase
TestGenerations.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
