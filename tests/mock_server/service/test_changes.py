"""Processes that share a state: the reports of one, and the reactions of requests and listeners in another."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from mock_server.domain.clock import Instant
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import World
from mock_server.service import Changes, Events, Scheduler, Seen
from mock_server.stores import Found, StoreUnavailableError
from support.clocks import START, SteppedClock, settle

CLOCK, WORLD = "the clock", "one"
PAUSE = 60


class Network:
    """Delivers messages at once. down: publishing and subscribing fail."""

    def __init__(self) -> None:
        self.buses: list[LocalBus] = []
        self.down = False


class LocalBus:
    """The bus of one process in a network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.channels: set[str] = set()

    def attach(self, channel: str, on_message: Callable[[bytes], None], on_connected: Callable[[], None]) -> None:
        self.channels.add(channel)
        self.on_message, self.on_connected = on_message, on_connected

    async def connect(self) -> None:
        if self not in self._network.buses:
            self._network.buses.append(self)
            self.on_connected()

    async def subscribe(self, channel: str) -> None:
        self._check()
        self.channels.add(channel)

    async def unsubscribe(self, channel: str) -> None:
        self.channels.discard(channel)

    async def publish(self, channel: str, message: bytes) -> int:
        self._check()
        receivers = [bus for bus in self._network.buses if channel in bus.channels]
        for bus in receivers:
            if bus is not self:
                bus.on_message(message)
        return len(receivers)

    def _check(self) -> None:
        if self._network.down:
            raise StoreUnavailableError


class Process:
    """One process. done: the requests that have waited long enough."""

    def __init__(self, network: Network) -> None:
        self.real = SteppedClock()
        self.piece = Timepiece(0, START)
        self.scheduler, self.events = Scheduler(self.real), Events()
        self.bus = LocalBus(network)
        self.changes = Changes(self.scheduler, self.events, self.bus)

    async def look(self) -> Seen:
        world = World(WORLD, 1, 0, 0, clock=self.piece)
        return Seen(world, world.clock.at(self.real.now()), Found(world, self.real.now()))

    async def waiting(self, instant: Instant) -> "asyncio.Task[None]":
        async def waiting() -> None:
            with self.scheduler.in_progress(CLOCK):
                await self.scheduler.wait(CLOCK, WORLD, instant, self.look)

        task = asyncio.ensure_future(waiting())
        await settle()
        return task


def play(scenario: Callable[[Network, Process, Process], Awaitable[None]]) -> None:
    async def playing() -> None:
        network = Network()
        one, other = Process(network), Process(network)
        await one.changes.connect()
        await other.changes.connect()
        await scenario(network, one, other)

    asyncio.run(playing())


def test_a_request_reads_its_clock_again_when_another_process_has_moved_it() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        due, later = [await other.waiting(START + after) for after in (5, 9)]
        other.piece = Timepiece(0, START + 5)
        await one.changes.clock_moved("another clock")
        await settle()
        assert not due.done()
        await one.changes.clock_moved(CLOCK)
        await settle()
        assert (due.done(), later.done()) == (True, False)
        later.cancel()

    play(scenario)


def test_a_report_of_another_process_does_not_disturb_the_order_while_a_clock_is_moved() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        task = await other.waiting(START + 5)
        async with other.scheduler.moving(CLOCK):
            other.piece = Timepiece(0, START + 9)
            await one.changes.clock_moved(CLOCK)
            await settle()
            assert not task.done()
            await other.scheduler.run_due(CLOCK, START + 5)
            assert task.done()

    play(scenario)


def test_a_missed_report_is_recovered_by_the_next_connection() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        task = await other.waiting(START + 5)
        other.piece = Timepiece(0, START + 9)
        await settle()
        assert not task.done()
        other.bus.on_connected()
        await settle()
        assert task.done()

    play(scenario)


def test_a_change_that_cannot_be_reported_fails() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        network.down = True
        for report in (
            one.changes.clock_moved(CLOCK),
            one.changes.world_deleted(CLOCK, WORLD),
            one.changes.all_worlds_deleted(),
        ):
            with pytest.raises(StoreUnavailableError):
                await report

    play(scenario)


def test_requests_of_a_deleted_world_stop_waiting_in_every_process() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        tasks = [await each.waiting(START + 5) for each in (one, other)]
        await one.changes.world_deleted(CLOCK, "another world")
        await settle()
        assert not any(task.done() for task in tasks)
        await one.changes.world_deleted(CLOCK, WORLD)
        await asyncio.gather(*tasks)
        tasks = [await each.waiting(START + 5) for each in (one, other)]
        await one.changes.all_worlds_deleted()
        await asyncio.gather(*tasks)

    play(scenario)


def test_events_go_to_the_processes_with_a_listener_only() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        other.events.publish("world", "a")
        await settle()
        wanted = [other.events.wanted]
        listening = one.changes.listen(PAUSE)
        assert await anext(listening) is None
        wanted.append(other.events.wanted)
        other.events.publish("world", "a", number=1)
        one.events.publish("world", "a", number=2)
        numbers = {(await anext(listening) or {})["number"] for _ in range(2)}
        assert numbers == {1, 2}
        await listening.aclose()
        other.events.publish("world", "a")
        await settle()
        assert [*wanted, other.events.wanted] == [False, True, False]

    play(scenario)


def test_a_listener_that_subscribes_during_a_publication_receives_the_next_event() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        publish = other.bus.publish

        async def slow(channel: str, message: bytes) -> int:
            receivers = await publish(channel, message)
            other.bus.publish = publish  # type: ignore[method-assign]
            await anext(listening)
            return receivers

        listening = one.changes.listen(PAUSE)
        other.bus.publish = slow  # type: ignore[method-assign]
        other.events.publish("world", "a")
        await settle()
        other.events.publish("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)


def test_a_listener_receives_the_events_of_a_process_that_starts_later() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        listening = one.changes.listen(PAUSE)
        await anext(listening)
        late = Process(network)
        await late.changes.connect()
        late.events.publish("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)


def test_a_listener_receives_the_events_of_others_after_its_process_has_connected_again() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        listening = one.changes.listen(PAUSE)
        await anext(listening)
        network.buses.remove(one.bus)
        other.events.publish("world", "a")
        await settle()
        assert not other.events.wanted
        await one.changes.connect()
        await settle()
        other.events.publish("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)


def test_a_listener_receives_the_events_of_its_own_process_while_the_bus_is_down() -> None:
    async def scenario(network: Network, one: Process, other: Process) -> None:
        network.down = True
        listening = one.changes.listen(PAUSE)
        assert await anext(listening) is None
        one.events.publish("reset", None)
        assert await anext(listening) == {"type": "reset", "world": None}
        await listening.aclose()

    play(scenario)
