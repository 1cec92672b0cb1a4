"""Updates of one world that share a write, and the effect of a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from mock_server.domain.clock import Instant
from mock_server.domain.world import World
from mock_server.stores.redis.updates import PendingUpdate, UpdateBatcher

WORLD = World("one", 1, 9, 9)


class Writer:
    """Applies updates, one batch for each release of `allowed`. batches: the outcomes; errors: of the next writes."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.allowed = asyncio.Semaphore(0)
        self.errors: list[BaseException] = []
        self.batcher = UpdateBatcher(self._apply)

    def submit(self, outcome: str, name: str = "one") -> asyncio.Task[Any]:
        """Submit a change with that outcome, in a new task."""

        def change(world: World | None, at: Instant) -> tuple[World, str]:
            if outcome == "bad":
                raise ValueError(outcome)
            return WORLD, outcome

        update = PendingUpdate(change, None, asyncio.get_running_loop().create_future())
        return asyncio.get_running_loop().create_task(self.batcher.submit(name, update))

    async def _apply(self, name: str, updates: Sequence[PendingUpdate]) -> None:
        deliveries = [update.apply(None, 0)[1] for update in updates]
        batch: list[str] = []
        self.batches.append(batch)
        await self.allowed.acquire()
        if self.errors:
            raise self.errors.pop()
        for deliver, update in zip(deliveries, updates, strict=True):
            deliver()
            batch.append(_outcome(update))


def _outcome(update: PendingUpdate) -> str:
    done = update.outcome
    return "cancelled" if done.cancelled() else str(done.exception() or done.result())


def run(scenario: Callable[[Writer], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario(Writer())

    return asyncio.run(running())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_the_first_update_is_applied_at_once_and_waiting_updates_together() -> None:
    async def scenario(writer: Writer) -> None:
        tasks = [writer.submit(label) for label in "abc"]
        await settle()
        writer.allowed.release()
        await settle()
        tasks += [writer.submit("d")]
        await settle()
        writer.allowed.release()
        writer.allowed.release()
        assert await asyncio.gather(*tasks) == ["a", "b", "c", "d"]
        assert writer.batches == [["a"], ["b", "c"], ["d"]]

    run(scenario)


def test_updates_of_different_worlds_do_not_wait_for_each_other() -> None:
    async def scenario(writer: Writer) -> None:
        tasks = [writer.submit("a", "one"), writer.submit("b", "two")]
        await settle()
        assert len(writer.batches) == 2
        writer.allowed.release()
        writer.allowed.release()
        assert await asyncio.gather(*tasks) == ["a", "b"]

    run(scenario)


def test_a_failed_change_affects_only_its_own_update() -> None:
    async def scenario(writer: Writer) -> list[Any]:
        tasks = [writer.submit(label) for label in ("a", "b", "bad", "c")]
        await settle()
        writer.allowed.release()
        writer.allowed.release()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    first, second, failed, last = run(scenario)
    assert (first, second, last) == ("a", "b", "c")
    assert isinstance(failed, ValueError)


@pytest.mark.parametrize("cancelled", [0, 1])
def test_a_cancelled_update_does_not_stop_others(cancelled: int) -> None:
    async def scenario(writer: Writer) -> None:
        tasks = [writer.submit(label) for label in "abc"]
        await settle()
        tasks[cancelled].cancel()
        await settle()
        writer.allowed.release()
        writer.allowed.release()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(outcomes.pop(cancelled), asyncio.CancelledError)
        assert outcomes == ["b", "c"] if cancelled == 0 else ["a", "c"]
        assert "b" not in writer.batches[-1] or cancelled == 0

    run(scenario)


def test_a_failed_write_fails_all_its_updates_and_the_next_is_applied() -> None:
    async def scenario(writer: Writer) -> list[Any]:
        writer.errors = [ConnectionError("lost"), ConnectionError("lost too")]
        tasks = [writer.submit(label) for label in "abc"]
        await settle()
        writer.allowed.release()
        writer.allowed.release()
        outcomes = list(await asyncio.gather(*tasks, return_exceptions=True))
        tasks = [writer.submit("d")]
        writer.allowed.release()
        return [*map(str, outcomes), *await asyncio.gather(*tasks)]

    assert run(scenario) == ["lost too", "lost", "lost", "d"]
