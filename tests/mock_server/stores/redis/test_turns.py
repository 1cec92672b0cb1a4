"""Turns: who waits, who goes together, and whom a failure concerns."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from mock_server.domain.clock import Instant
from mock_server.domain.world import World
from mock_server.stores.redis.turns import Turns, Wish

WORLD = World("one", 1, 9, 9)


class Place:
    """Grants wishes when it is told to, and notes which went together."""

    def __init__(self) -> None:
        self.granted: list[list[str]] = []
        self.open = asyncio.Semaphore(0)
        self.problems: list[BaseException] = []
        self.turns = Turns(self._grant)

    def ask(self, label: str, name: str = "one") -> asyncio.Task[Any]:
        """Ask for a change by the name of its outcome, in a task that has begun."""

        def change(world: World | None, at: Instant) -> tuple[World, str]:
            if label.startswith("bad"):
                raise ValueError(label)
            return WORLD, label

        wish = Wish(change, None, asyncio.get_running_loop().create_future())
        return asyncio.get_running_loop().create_task(self.turns.take(name, wish))

    async def _grant(self, name: str, wishes: Sequence[Wish]) -> None:
        tell = [wish.applied(None, 0)[1] for wish in wishes]
        self.granted.append([])
        place = len(self.granted) - 1
        await self.open.acquire()
        if self.problems:
            raise self.problems.pop()
        for each, wish in zip(tell, wishes, strict=True):
            each()
            self.granted[place].append(_outcome(wish))


def _outcome(wish: Wish) -> str:
    done = wish.outcome
    return "gone" if done.cancelled() else str(done.exception() or done.result())


def run(scenario: Callable[[Place], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario(Place())

    return asyncio.run(running())


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_the_first_goes_at_once_and_those_who_wait_go_together() -> None:
    async def scenario(place: Place) -> None:
        asked = [place.ask(label) for label in "abc"]
        await settle()
        place.open.release()
        await settle()
        asked += [place.ask("d")]
        await settle()
        place.open.release()
        place.open.release()
        assert await asyncio.gather(*asked) == ["a", "b", "c", "d"]
        assert place.granted == [["a"], ["b", "c"], ["d"]]

    run(scenario)


def test_nobody_waits_for_another_world() -> None:
    async def scenario(place: Place) -> None:
        asked = [place.ask("a", "one"), place.ask("b", "two")]
        await settle()
        assert len(place.granted) == 2
        place.open.release()
        place.open.release()
        assert await asyncio.gather(*asked) == ["a", "b"]

    run(scenario)


def test_a_change_that_fails_fails_alone() -> None:
    async def scenario(place: Place) -> list[Any]:
        asked = [place.ask(label) for label in ("a", "b", "bad", "c")]
        await settle()
        place.open.release()
        place.open.release()
        return list(await asyncio.gather(*asked, return_exceptions=True))

    first, second, failed, last = run(scenario)
    assert (first, second, last) == ("a", "b", "c")
    assert isinstance(failed, ValueError)


@pytest.mark.parametrize("who", [0, 1])
def test_who_hangs_up_stops_nobody_else(who: int) -> None:
    async def scenario(place: Place) -> None:
        asked = [place.ask(label) for label in "abc"]
        await settle()
        asked[who].cancel()
        await settle()
        place.open.release()
        place.open.release()
        came = await asyncio.gather(*asked, return_exceptions=True)
        assert isinstance(came.pop(who), asyncio.CancelledError)
        assert came == ["b", "c"] if who == 0 else ["a", "c"]
        assert "b" not in place.granted[-1] or who == 0

    run(scenario)


def test_when_the_write_fails_all_who_went_together_are_told_and_the_next_go_on() -> None:
    async def scenario(place: Place) -> list[Any]:
        place.problems = [ConnectionError("lost"), ConnectionError("lost too")]
        asked = [place.ask(label) for label in "abc"]
        await settle()
        place.open.release()
        place.open.release()
        came = list(await asyncio.gather(*asked, return_exceptions=True))
        asked = [place.ask("d")]
        place.open.release()
        return [*map(str, came), *await asyncio.gather(*asked)]

    assert run(scenario) == ["lost too", "lost", "lost", "d"]
