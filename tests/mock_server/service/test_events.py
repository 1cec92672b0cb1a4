"""Events and their listeners."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from mock_server.service import Events
from mock_server.service.events import Event

PAUSE = 0.001


def play(scenario: Callable[[Events], Awaitable[None]]) -> None:
    async def played() -> None:
        await scenario(Events())

    asyncio.run(played())


async def listening(events: Events, world: str | None = None) -> AsyncIterator[Event | None]:
    """Return the events that a listener receives from now on."""
    stream = events.listen(PAUSE, world)
    assert await anext(stream) is None
    return stream


def test_every_listener_receives_every_event_in_order() -> None:
    async def scenario(events: Events) -> None:
        listeners = [await listening(events) for _ in range(2)]
        events.publish("world", "one")
        events.publish("request", "one", status=200)
        for each in listeners:
            assert await anext(each) == {"type": "world", "world": "one"}
            assert await anext(each) == {"type": "request", "world": "one", "status": 200}

    play(scenario)


def test_a_listener_of_one_world_receives_its_events_and_those_of_all() -> None:
    async def scenario(events: Events) -> None:
        stream = await listening(events, "one")
        for world in ("other", "", "one", None):
            events.publish("reset", world)
        assert [(await anext(stream) or {})["world"] for _ in range(2)] == ["one", None]
        assert await anext(stream) is None

    play(scenario)


def test_a_listener_receives_none_after_a_pause_without_events() -> None:
    async def scenario(events: Events) -> None:
        stream = await listening(events)
        assert await anext(stream) is None
        events.publish("world", "one")
        assert await anext(stream) is not None

    play(scenario)


def test_a_slow_listener_receives_the_number_of_lost_events() -> None:
    async def scenario(events: Events) -> None:
        slow, other = await listening(events), await listening(events, "other")
        for number in range(1_003):
            events.publish("request", "one", number=number)
        assert await anext(slow) == {"type": "lost", "world": None, "events": 3}
        assert [(await anext(slow) or {})["number"] for _ in range(1_000)] == list(range(3, 1_003))
        assert await anext(other) is None

    play(scenario)


def test_events_are_wanted_while_there_is_a_listener() -> None:
    async def scenario(events: Events) -> None:
        before = events.wanted
        stream = await listening(events)
        assert (before, events.wanted) == (False, True)
        await stream.aclose()  # type: ignore[attr-defined]
        assert not events.wanted

    play(scenario)
