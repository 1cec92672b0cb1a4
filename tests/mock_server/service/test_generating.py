"""Running generations: started, awaited, refused, cancelled, lost."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mock_server.domain.clock import SECOND
from mock_server.domain.generation import Failure, GenerationRequest
from mock_server.domain.refusals import Refusal
from mock_server.domain.world import Demand
from mock_server.service import GenerationLostError, earlier_refusal, generate, resets
from mock_server.service.service import FoundImage
from support.clocks import START, settle
from support.sandbox import LOCK, order
from support.services import Desk

OpenDesk = Callable[..., Desk]


def play(desk: Desk, scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def played() -> None:
        await asyncio.wait_for(scenario(desk), 30)

    asyncio.run(played())
    assert not desk.service.scheduler._queues


async def refusal(desk: Desk, token: str = "customer", count: int = 1) -> Refusal:
    outcome = await desk.generate(token, count)
    assert isinstance(outcome, Refusal)
    return outcome


def test_a_generation_is_answered_when_it_ends_and_not_before(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin(count=3)
        await desk.real.advance(2 - 1e-6)
        assert not task.done()
        await desk.real.advance(1e-6)
        await settle()
        made = task.result()
        assert isinstance(made, tuple)
        assert [each.created_at for each in made] == [START + 2 * SECOND] * 3
        assert (await desk.world()).credits == 97

    play(open_desk(), scenario)


def test_a_generation_without_duration_is_answered_at_once(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        made = await desk.generate(count=2, forced_seconds=0)
        assert isinstance(made, tuple)
        assert len(made) == 2

    play(open_desk(), scenario)


def test_a_failed_generation_is_answered_with_its_failure_and_costs_nothing(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin(count=3, failure="The engine is down.")
        await desk.real.advance(2)
        await settle()
        assert task.result() == Failure("The engine is down.")
        world = await desk.world()
        assert (world.credits, world.lock, world.images) == (100, None, ())

    play(open_desk(), scenario)


def test_a_generation_that_is_not_awaited_is_answered_at_once_and_ends_later(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        assert await desk.generate(awaited=False) is None
        assert (await refusal(desk)).rule == "LOCK-ONE"
        await desk.real.advance(2)
        assert (await desk.world()).made == 1

    play(open_desk(), scenario)


def test_a_queued_generation_is_answered_at_once_and_its_pictures_are_ready_later(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        made = await desk.generate(queues=True)
        assert isinstance(made, tuple)
        (image,) = made
        owner = desk.caller_like("customer")
        assert await desk.service.image(image.title) == FoundImage(owner, image, ready=False)
        assert (await desk.world()).lock is None
        await desk.real.advance(2)
        assert await desk.service.image(image.title) == FoundImage(owner, image, ready=True)

    play(open_desk(), scenario)


def test_a_refused_generation_changes_nothing(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change(credits=2)
        before = await desk.world()
        assert (await refusal(desk, count=3)).rule == "CREDIT-419"
        assert await desk.world() == before

    play(open_desk(), scenario)


def test_one_of_many_simultaneous_generations_begins(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        tasks = [asyncio.ensure_future(desk.generate()) for _ in range(20)]
        await settle()
        await desk.real.advance(2)
        outcome = await asyncio.gather(*tasks)
        assert [each.rule for each in outcome if isinstance(each, Refusal)] == ["LOCK-ONE"] * 19
        assert (await desk.world()).credits == 99

    play(open_desk(), scenario)


def test_a_generation_whose_client_disconnects_is_refunded(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin(count=3)
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
        world = await desk.world()
        assert (world.lock, world.running) == (None, ())
        await desk.real.advance(60)
        assert (await desk.world()).credits == 100

    play(open_desk(), scenario)


def test_a_slow_generation_loses_its_lock_and_continues(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.freeze("slow")
        slow = await desk.begin("slow", 3)
        await desk.advance(10 - 1e-6, "slow")
        assert (await refusal(desk, "slow")).ends_at == START + LOCK
        await desk.advance(1e-6, "slow")
        quick = await desk.begin("slow", 2, forced_seconds=1)
        await desk.advance(1, "slow")
        assert quick.done()
        assert not slow.done()
        await desk.advance(1, "slow")
        assert isinstance(slow.result(), tuple)
        world = await desk.world("slow")
        assert (world.credits, [each.id - world.first_id for each in world.images]) == (95, [4, 3, 2, 1, 0])

    play(open_desk(), scenario)


@pytest.mark.parametrize("scope", ["account", "global"])
@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("ahead", [0, 3600, -3600])
def test_a_generation_is_lost_at_once_with_its_world(
    open_desk: OpenDesk, scope: str, frozen: bool, ahead: float
) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.set_to(START + round(ahead) * SECOND)
        if frozen:
            await desk.freeze()
        task = await desk.begin()
        await resets.delete(desk.service, desk.caller().world)
        await settle()
        with pytest.raises(GenerationLostError):
            task.result()
        world = await desk.world()
        assert (world.running, world.images, world.lock) == ((), (), None)

    play(open_desk(lock_scope=scope), scenario)


def test_all_generations_are_lost_when_all_worlds_are_deleted(open_desk: OpenDesk) -> None:
    async def scenario(desk: Desk) -> None:
        tasks = [await desk.begin(token) for token in ("one", "other")]
        await resets.reset(desk.service)
        await settle()
        assert [type(task.exception()) for task in tasks] == [GenerationLostError] * 2
        assert isinstance(await desk.generate("one", forced_seconds=0), tuple)

    play(open_desk(), scenario)


@pytest.mark.parametrize("scope", ["account", "global"])
def test_a_generation_of_another_world_is_not_lost(open_desk: OpenDesk, scope: str) -> None:
    async def scenario(desk: Desk) -> None:
        task = await desk.begin("one")
        await desk.world("other")
        await resets.delete(desk.service, desk.caller("other").world)
        await settle()
        assert not task.done()
        await desk.real.advance(2)
        await settle()
        assert isinstance(task.result(), tuple)

    play(open_desk(lock_scope=scope), scenario)


@pytest.mark.parametrize(
    ("order", "rule"),
    [
        (["invalid", "locked", "daily-limit", "no-credits"], None),
        (["locked", "invalid", "daily-limit", "no-credits"], "LOCK-ONE"),
        (["daily-limit", "invalid", "locked", "no-credits"], "DAILY-429"),
        (["no-credits", "daily-limit", "locked", "invalid"], "CREDIT-419"),
    ],
)
def test_the_refusals_before_invalid_in_the_order_precede_it(
    open_desk: OpenDesk, order: list[str], rule: str | None
) -> None:
    async def scenario(desk: Desk) -> None:
        await desk.change("busy", credits=0, used=50)
        caller = desk.caller("busy")
        seen = await desk.service.look(caller)
        found = await earlier_refusal(desk.service, caller, "a request", Demand("dall-e", 1), seen)
        assert (found.rule if found else None) == rule

    play(open_desk(refusal_order=order), scenario)


EARLY_LOCK = {
    "lock_taken": "request",
    "lock_release": "expiry",
    "refusal_order": ["locked", "no-credits", "daily-limit", "invalid"],
}


@pytest.mark.parametrize("scope", ["account", "global"])
@pytest.mark.parametrize("changed", ["before it was seen", "since it was seen"])
def test_a_refused_request_leaves_the_lock_also_where_its_world_changes_meanwhile(
    open_desk: OpenDesk, scope: str, changed: str
) -> None:
    async def scenario(desk: Desk) -> None:
        caller = desk.caller()
        if changed == "before it was seen":
            await desk.change(credits=0)
        seen = await desk.service.look(caller)
        await desk.change(credits=0)
        request = GenerationRequest("a request", order(), 2)
        outcome, _ = await generate(desk.service, caller, request, seen)
        assert isinstance(outcome, Refusal)
        assert outcome.code == "no-credits"
        await desk.change(credits=1)
        assert (await refusal(desk)).code == "locked"
        await desk.real.advance(10)
        assert (await desk.world()).lock is None

    play(open_desk(lock_scope=scope, **EARLY_LOCK), scenario)


@pytest.mark.parametrize("scope", ["account", "global"])
def test_of_two_invalid_requests_that_saw_a_free_lock_only_one_takes_it(open_desk: OpenDesk, scope: str) -> None:
    async def scenario(desk: Desk) -> None:
        caller, demand = desk.caller(), Demand("dall-e", 1)
        seen = await desk.service.look(caller)
        first = await earlier_refusal(desk.service, caller, "first", demand, seen)
        second = await earlier_refusal(desk.service, caller, "second", demand, seen)
        assert first is None
        assert second is not None
        assert second.code == "locked"

    play(open_desk(lock_scope=scope, **EARLY_LOCK), scenario)
