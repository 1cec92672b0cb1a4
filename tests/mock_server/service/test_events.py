"""What is told to whoever listens."""

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
    """Return what a listener hears from now on."""
    heard = events.listen(PAUSE, world)
    assert await anext(heard) is None
    return heard


def test_every_listener_hears_every_event_in_order() -> None:
    async def scenario(events: Events) -> None:
        listeners = [await listening(events) for _ in range(2)]
        events.publish("world", "one")
        events.publish("request", "one", status=200)
        for each in listeners:
            assert await anext(each) == {"type": "world", "world": "one"}
            assert await anext(each) == {"type": "request", "world": "one", "status": 200}

    play(scenario)


def test_a_listener_of_one_world_hears_of_it_and_of_what_concerns_all() -> None:
    async def scenario(events: Events) -> None:
        heard = await listening(events, "one")
        for world in ("other", "", "one", None):
            events.publish("reset", world)
        assert [(await anext(heard) or {})["world"] for _ in range(2)] == ["one", None]
        assert await anext(heard) is None

    play(scenario)


def test_nothing_is_told_after_a_pause_in_which_nothing_happened() -> None:
    async def scenario(events: Events) -> None:
        heard = await listening(events)
        assert await anext(heard) is None
        events.publish("world", "one")
        assert await anext(heard) is not None

    play(scenario)


def test_a_listener_that_does_not_keep_up_is_told_how_many_it_lost() -> None:
    async def scenario(events: Events) -> None:
        slow, other = await listening(events), await listening(events, "other")
        for number in range(1_003):
            events.publish("request", "one", number=number)
        assert await anext(slow) == {"type": "lost", "world": None, "events": 3}
        assert [(await anext(slow) or {})["number"] for _ in range(1_000)] == list(range(3, 1_003))
        assert await anext(other) is None

    play(scenario)


def test_whether_anybody_listens_is_known() -> None:
    async def scenario(events: Events) -> None:
        before = events.wanted
        heard = await listening(events)
        assert (before, events.wanted) == (False, True)
        await heard.aclose()  # type: ignore[attr-defined]
        assert not events.wanted

    play(scenario)
