"""Places that one client cannot use up."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.http.fairness import FairLimiter, run_in_thread


class Tasks:
    """Tasks that hold a place until they are released. granted: names of clients, in the order of their places."""

    def __init__(self, limiter: FairLimiter) -> None:
        self._limiter = limiter
        self.granted: list[str] = []
        self.ends: list[asyncio.Event] = []

    def start(self, clients: str) -> list[asyncio.Task[None]]:
        return [asyncio.create_task(self._hold(client)) for client in clients]

    async def _hold(self, client: str) -> None:
        async with self._limiter.place(client):
            self.granted.append(client)
            self.ends.append(asyncio.Event())
            await self.ends[-1].wait()

    async def release(self, place: int) -> None:
        self.ends[place].set()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def run(limiter: FairLimiter, scenario: Callable[[Tasks], Awaitable[None]]) -> None:
    async def main() -> None:
        tasks = Tasks(limiter)
        await scenario(tasks)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(main())


def test_a_client_gets_no_more_than_its_share_even_if_places_are_free() -> None:
    async def scenario(tasks: Tasks) -> None:
        tasks.start("aaab")
        await settle()
        assert tasks.granted == ["a", "a", "b"]
        tasks.start("c")
        await settle()
        assert tasks.granted == ["a", "a", "b"]
        await tasks.release(2)
        assert tasks.granted == ["a", "a", "b", "c"]

    run(FairLimiter(3, 2), scenario)


def test_clients_that_wait_take_turns() -> None:
    async def scenario(tasks: Tasks) -> None:
        tasks.start("aaaabbc")
        await settle()
        for place in range(6):
            await tasks.release(place)
        assert "".join(tasks.granted) == "aabcaba"[:7]

    run(FairLimiter(1), scenario)


@pytest.mark.parametrize("granted", [False, True])
def test_a_task_that_is_cancelled_leaves_no_place_behind(granted: bool) -> None:
    async def scenario(tasks: Tasks) -> None:
        tasks.start("a")
        await settle()
        waiting = tasks.start("bc")
        await settle()
        if granted:  # it has its turn, but has not run since
            tasks.ends[0].set()
            await asyncio.sleep(0)
            waiting[0].cancel()
            await settle()
        else:
            waiting[0].cancel()
            await settle()
            await tasks.release(0)
        assert tasks.granted[-1] == "c"
        await tasks.release(len(tasks.ends) - 1)
        tasks.start("d")
        await settle()
        assert tasks.granted[-1] == "d"

    run(FairLimiter(1), scenario)


@given(st.lists(st.sampled_from(["a", "b", "c", "release", "cancel"]), max_size=60), st.integers(1, 3), st.data())
def test_no_place_is_lost_or_held_twice(steps: list[str], share: int, data: st.DataObject) -> None:
    async def scenario(tasks: Tasks) -> None:
        started: list[asyncio.Task[None]] = []
        for step in steps:
            if step == "cancel" and started:
                started[data.draw(st.integers(0, len(started) - 1))].cancel()
            elif step == "release" and tasks.ends:
                tasks.ends[data.draw(st.integers(0, len(tasks.ends) - 1))].set()
            elif step in "abc":
                started += tasks.start(step)
            await settle()
        for task in started:
            task.cancel()
        await settle()
        tasks.granted.clear()
        tasks.start("xyz")
        await settle()
        assert tasks.granted == ["x", "y", "z"]

    run(FairLimiter(3, share), scenario)


def test_a_thread_does_not_wait_for_the_threads_of_others() -> None:
    async def main() -> list[int]:
        return await asyncio.gather(*(run_in_thread(abs, -number) for number in range(5)))

    assert asyncio.run(main()) == [0, 1, 2, 3, 4]
