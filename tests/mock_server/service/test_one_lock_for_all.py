"""One lock and one clock for all worlds. [LOCK-SCOPE]"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.accounts import Account
from mock_server.domain.clock import DAY, SECOND
from mock_server.domain.refusals import Refusal
from mock_server.service import resets
from mock_server.service.service import SHARED
from mock_server.stores import Found, MemoryStore
from mock_server.stores.protocol import Change
from support.clocks import START, settle
from support.sandbox import LOCK, MIDNIGHT
from support.services import Desk, RemoteStore

T = TypeVar("T")
OpenDesk = Callable[..., Desk]


def play(desk: Desk, scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def played() -> None:
        await asyncio.wait_for(scenario(desk), 30)

    asyncio.run(played())
    assert not desk.service.scheduler._queues


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    return open_desk(lock_scope="global")


async def rule(desk: Desk, token: str, count: int = 1) -> str | None:
    outcome = await desk.generate(token, count, forced_seconds=0)
    return outcome.rule if isinstance(outcome, Refusal) else "begun"


def test_a_generation_in_one_world_locks_all_worlds(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one")
        locks = [(await desk.world(token)).lock for token in ("one", "other")]
        assert locks[0] == locks[1] is not None
        assert await rule(desk, "other") == "LOCK-ONE"
        await desk.real.advance(2)
        await settle()
        assert task.done()
        assert await rule(desk, "other") == "begun"

    play(desk, scenario)


def test_each_world_pays_for_its_own_images(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.generate("one", 3, forced_seconds=0)
        await desk.generate("other", 2, forced_seconds=0)
        assert [(await desk.world(token)).credits for token in ("one", "other", "third")] == [97, 98, 100]

    play(desk, scenario)


@pytest.mark.parametrize(("state", "expected"), [({"credits": 0}, "CREDIT-419"), ({"used": 50}, "DAILY-429")])
def test_a_refused_generation_releases_the_lock(desk: Desk, state: dict[str, int], expected: str) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change("one", **state)
        assert await rule(desk, "one") == expected
        assert (await desk.world("other")).lock is None
        assert await rule(desk, "other") == "begun"

    play(desk, scenario)


def test_a_generation_that_is_refused_after_it_acquired_the_lock_releases_it() -> None:
    """Another request spends the credits after the lock is acquired and before the generation begins."""

    class Spending(MemoryStore):
        async def update(self, name: str, change: Change[T], found: Found | None = None) -> T:
            outcome = await super().update(name, change, found)
            if name == SHARED and not spent:
                spent.append(name)
                await spending.change("one", credits=0)
            return outcome

    async def scenario(desk: Desk) -> None:
        assert await rule(desk, "one") == "CREDIT-419"
        assert spent
        assert (await desk.world("other")).lock is None

    spent: list[str] = []
    spending = Desk(Spending, lock_scope="global")
    play(spending, scenario)


@pytest.mark.parametrize(("release", "locked"), [("completion", False), ("expiry", True)])
def test_the_lock_is_released_for_all_worlds_according_to_the_setting(
    open_desk: OpenDesk, release: str, locked: bool
) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one")
        await desk.advance(5, "other")
        assert task.done()
        assert ((await desk.world("other")).lock is not None) == locked
        await desk.advance(5, "other")
        assert await rule(desk, "other") == "begun"

    play(open_desk(lock_scope="global", lock_release=release), scenario)


def test_a_generation_that_outlives_its_lock_does_not_release_that_of_another(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        slow = await desk.begin("slow")
        await desk.advance(10)
        quick = await desk.begin("other", forced_seconds=5)
        await desk.advance(2)
        assert slow.done()
        assert await rule(desk, "third") == "LOCK-ONE"
        await desk.advance(3)
        assert quick.done()

    play(desk, scenario)


@pytest.mark.parametrize("lost", ["client", "world"])
def test_a_generation_that_is_lost_after_its_lock_expired_does_not_release_that_of_another(
    desk: Desk, lost: str
) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze()
        slow = await desk.begin("slow")
        await desk.advance(10)
        quick = await desk.begin("other")
        if lost == "client":
            slow.cancel()
        else:
            await resets.delete(desk.service, desk.caller("slow").world)
        await asyncio.wait([slow])
        assert await rule(desk, "third") == "LOCK-ONE"
        await desk.advance(2)
        assert quick.done()

    play(desk, scenario)


def test_a_generation_whose_client_disconnects_releases_the_lock(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one")
        task.cancel()
        await asyncio.wait([task])
        assert await rule(desk, "other") == "begun"

    play(desk, scenario)


def test_a_generation_whose_world_is_deleted_releases_the_lock(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one", lock="forever")
        await resets.delete(desk.service, desk.caller("other").world)
        assert await rule(desk, "other") == "LOCK-ONE"
        await resets.delete(desk.service, desk.caller("one").world)
        await asyncio.wait([task])
        assert await rule(desk, "other") == "begun"

    play(desk, scenario)


def test_all_worlds_have_one_clock(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("one")
        await desk.advance(60, "other")
        await desk.real.advance(5)
        assert {await desk.now(token) for token in ("one", "other", "third")} == {START + 60 * SECOND}

    play(desk, scenario)


def test_moving_the_clock_ends_waits_in_other_worlds(desk: Desk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("one")
        task = await desk.begin("other")
        await desk.advance(2, "one")
        assert task.done()

    play(desk, scenario)


@pytest.mark.parametrize("stopped_at", [None, START - 9 * DAY])
def test_the_initial_usage_of_an_account_counts_for_the_day_of_the_shared_clock(
    open_desk: OpenDesk, stopped_at: int | None
) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("one")
        await desk.advance(3 * 86_400, "one")
        assert (await desk.now("limited"), (await desk.world("limited")).used) == (START + 3 * DAY, 50)
        await desk.set_to(MIDNIGHT + 3 * DAY, "one")
        await desk.change("limited")
        assert await rule(desk, "limited") == "DAILY-429"
        await desk.advance(86_400, "one")
        assert await rule(desk, "limited") == "begun"

    limited = Account(100, 50, used_today=50, stopped_at=stopped_at)
    play(open_desk(lock_scope="global", listed={"limited": limited}), scenario)


@pytest.mark.parametrize("kind", [MemoryStore, RemoteStore])
@given(seed=st.integers(0, 2**32), release=st.sampled_from(["completion", "expiry"]))
def test_at_most_one_generation_holds_the_lock_in_any_order_of_arrival(
    kind: type[MemoryStore | RemoteStore], seed: int, release: str
) -> None:
    desk, chance = Desk(kind, lock_scope="global", lock_release=release), Random(seed)
    holds: list[tuple[int, int]] = []

    async def client(token: str) -> None:
        for _ in range(3):
            for _ in range(chance.randrange(9)):
                await asyncio.sleep(0)
            lasts = chance.choice([0, 1, 2, 12])
            task = await desk.begin(token, 1, forced_seconds=lasts)
            if chance.random() < 0.2:
                task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            if isinstance(outcome, tuple):
                end = outcome[0].created_at
                begun = end - lasts * SECOND
                holds.append((begun, min(begun + LOCK, end if release == "completion" else begun + LOCK)))

    async def scenario(desk: Desk) -> None:
        clients = [asyncio.ensure_future(client(token)) for token in ("one", "other", "third")]
        while not all(each.done() for each in clients):
            await desk.real.advance(0.5)
            await settle()
        await asyncio.gather(*clients)
        assert all(end <= begin for (_, end), (begin, _) in zip(sorted(holds), sorted(holds)[1:], strict=False))
        await desk.real.advance(60)
        for token in ("one", "other", "third"):
            world = await desk.world(token)
            assert (world.lock, world.running, world.credits) == (None, (), 100 - world.made)

    play(desk, scenario)
