"""Processes that share a state: whose requests go on when one of them moves a clock, and which events they hear."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from mock_server.domain.clock import Instant
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import World
from mock_server.service import Agenda, Events, Seen, shared
from mock_server.service.shared import SharedNeighbourhood
from mock_server.stores import Found, StoreUnavailableError
from mock_server.stores.protocol import Hearer
from support.clocks import START, SteppedClock, settle

NAME, WORLD = "the clock", "one"
PAUSE = 60


class Street:
    """Where processes hear each other at once. held: what is held; away: nobody can be told or asked anything."""

    def __init__(self) -> None:
        self.hearers: dict[str, Hearer] = {}
        self.held: set[str] = set()
        self.away = False


class House:
    """Neighbours as one process of a street knows them."""

    def __init__(self, street: Street, name: str) -> None:
        self._street = street
        self.name = name

    def attend(self, hearer: Hearer) -> None:
        self._hearer = hearer

    async def join(self) -> None:
        if self.name not in self._street.hearers:
            self._street.hearers[self.name] = self._hearer
            self._hearer.joined()

    async def tell(self, message: bytes, whom: str | None = None) -> int:
        if whom is not None and whom not in self._street.hearers:
            return 0
        return len(await self._answers(message, whom))

    async def ask(self, message: bytes, patience: float) -> Sequence[bytes]:
        return await self._answers(message)

    async def _answers(self, message: bytes, whom: str | None = None) -> list[bytes]:
        if self._street.away:
            raise StoreUnavailableError
        others = [(name, hearer) for name, hearer in self._street.hearers.items() if name != self.name]
        return [await hearer.hear(self.name, message) for name, hearer in others if whom in (name, None)]

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[None]:
        self._street.held.add(name)
        yield
        self._street.held.discard(name)

    async def is_held(self, name: str) -> bool:
        return name in self._street.held


class Process:
    """One of them. log: the requests that went on."""

    piece = Timepiece(0, START)

    def __init__(self, street: Street, name: str) -> None:
        self.real = SteppedClock()
        self.agenda, self.events = Agenda(self.real), Events()
        self.neighbours = House(street, name)
        self.neighbourhood = SharedNeighbourhood(self.neighbours, self.agenda, self.events)
        self.log: list[str] = []

    async def look(self) -> Seen:
        world = World(WORLD, 1, 0, 0, clock=Process.piece)
        return Seen(world, world.clock.at(self.real.now()), Found(world, self.real.now()))

    async def waiting(self, label: str, instant: Instant) -> "asyncio.Task[None]":
        async def waiting() -> None:
            with self.agenda.under_way(NAME):
                await self.agenda.wait(NAME, WORLD, instant, self.look)
                self.log.append(label)

        task = asyncio.ensure_future(waiting())
        await settle()
        return task


def play(scenario: Callable[[Street, Process, Process], Awaitable[None]]) -> None:
    async def playing() -> None:
        street = Street()
        one, other = Process(street, "one"), Process(street, "other")
        await one.neighbourhood.join()
        await other.neighbourhood.join()
        await scenario(street, one, other)

    Process.piece = Timepiece(0, START)
    asyncio.run(playing())


def test_the_first_instant_of_all_is_the_next() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        tasks = [await one.waiting("a", START + 5), await other.waiting("b", START + 3)]
        async with one.neighbourhood.moving(NAME):
            assert await one.neighbourhood.happened(NAME, None, START + 2) is None
            assert await one.neighbourhood.happened(NAME, None, START + 9) == START + 3
            assert await one.neighbourhood.happened(NAME, START + 3, START + 9) == START + 5
            assert (one.log, other.log) == ([], ["b"])
            assert await one.neighbourhood.happened(NAME, START + 5, START + 9) is None
        await asyncio.gather(*tasks)

    play(scenario)


def test_nobody_goes_on_unasked_while_another_process_moves_the_clock() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        task = await other.waiting("a", START + 5)
        async with one.neighbourhood.moving(NAME):
            await one.neighbourhood.happened(NAME, None, START + 9)
            Process.piece = Timepiece(0, START + 9)
            other.agenda.ring(NAME)
            await settle()
            assert not task.done()
        await settle()
        assert task.done()
        assert not other.agenda._pages

    play(scenario)


def test_a_mover_that_dies_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_WATCH_SECONDS", 0.01)

    async def scenario(street: Street, one: Process, other: Process) -> None:
        task = await other.waiting("a", START + 5)
        street.held.add(NAME)
        await one.neighbourhood.happened(NAME, None, START + 9)
        Process.piece = Timepiece(0, START + 9)
        await asyncio.sleep(0.03)
        assert not task.done()
        street.held.clear()
        await asyncio.wait_for(task, 1)

    play(scenario)


def test_a_move_that_is_over_before_it_was_noticed_holds_nobody_up() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        for _ in range(2):
            async with one.neighbourhood.moving(NAME):
                await one.neighbourhood.happened(NAME, None, START)
        await settle()
        assert not other.agenda._pages

    play(scenario)


def test_whoever_was_not_told_looks_again_when_it_is_back() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        task = await other.waiting("a", START + 5)
        Process.piece = Timepiece(0, START + 9)
        street.away = True
        async with one.neighbourhood.moving(NAME):
            pass
        await settle()
        assert not task.done()
        other.neighbourhood.joined()
        await settle()
        assert task.done()

    play(scenario)


def test_a_world_that_is_let_go_is_let_go_everywhere() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        tasks = [await each.waiting("a", START + 5) for each in (one, other)]
        await one.neighbourhood.dismiss(NAME, "another world")
        await settle()
        assert not any(task.done() for task in tasks)
        await one.neighbourhood.dismiss(NAME, WORLD)
        await asyncio.gather(*tasks)
        tasks = [await each.waiting("a", START + 5) for each in (one, other)]
        await one.neighbourhood.dismiss_all()
        await asyncio.gather(*tasks)

    play(scenario)


def test_events_are_told_where_somebody_listens_and_only_there() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        listening = one.neighbourhood.listen(PAUSE)
        heard = [other.events.heard]
        assert await anext(listening) is None
        heard.append(other.events.heard)
        other.events.tell("world", "a", number=1)
        one.events.tell("world", "a", number=2)
        numbers = {(await anext(listening) or {})["number"] for _ in range(2)}
        assert numbers == {1, 2}
        await listening.aclose()
        await settle()
        assert [*heard, other.events.heard, one.events.heard] == [False, True, False, False]

    play(scenario)


def test_a_listener_hears_of_a_process_that_comes_later() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        listening = one.neighbourhood.listen(PAUSE)
        await anext(listening)
        late = Process(street, "late")
        await late.neighbourhood.join()
        await settle()
        late.events.tell("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)


def test_a_process_that_is_gone_is_told_nothing_more() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        listening = one.neighbourhood.listen(PAUSE)
        await anext(listening)
        del street.hearers["one"]
        other.events.tell("world", "a")
        await settle()
        assert not other.events.heard
        await listening.aclose()

    play(scenario)


def test_a_listener_hears_its_own_process_where_no_other_can_be_told() -> None:
    async def scenario(street: Street, one: Process, other: Process) -> None:
        street.away = True
        listening = one.neighbourhood.listen(PAUSE)
        assert await anext(listening) is None
        one.events.tell("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)
