"""Worlds in Valkey: what it promises beyond every store."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from msgspec.structs import replace

from mock_server.domain.clock import SECOND, Instant
from mock_server.domain.world import Image, World
from mock_server.stores import Found, State, Store, StoreUnavailableError
from mock_server.stores.redis import packing, store
from mock_server.stores.redis.line import Command, Line
from mock_server.stores.redis.packing import packed_images
from support.entries import entry
from support.valkey import Relay, Valkey, shared

STATE = "aiimage:{one}:state"
IMAGES_KEY = "aiimage:{one}:images"
IMAGES = msgspec.msgpack.Decoder(Image)


def run(scenario: Callable[[], Awaitable[Any]]) -> Any:
    async def running() -> Any:
        return await scenario()

    return asyncio.run(running())


def say(url: str, *command: str | int) -> Any:
    """Ask the server, in the database of that URL."""
    with shared()._server.client(db=int(urlsplit(url).path[1:])) as client:
        return client.execute_command(*command)


def fresh(name: str = "one") -> World:
    return World(name=name, first_id=1, credits=1000, daily_limit=1000)


def count_up(world: World | None, at: Instant) -> tuple[World, int]:
    world = world or fresh()
    return replace(world, made=world.made + 1), world.made


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What goes to Valkey: a list of commands for each round trip."""
    sent: list[list[str]] = []
    ask = Line.ask

    def noted(line: Line, commands: Sequence[Command]) -> asyncio.Future[list[Any]]:
        sent.append([str(each[0]) for each in commands])
        return ask(line, commands)

    monkeypatch.setattr(Line, "ask", noted)
    return sent


def test_a_read_is_one_round_trip_and_an_update_of_what_was_read_another(
    open_state: Any, url: str, trips: list[list[str]]
) -> None:
    async def scenario() -> None:
        async with open_state(url) as state:
            await state.store.count()
            trips.clear()
            found = await state.store.read("one")
            assert len(trips) == 1
            await state.store.update("one", count_up, found)
            assert len(trips) == 2

    run(scenario)


def test_what_has_not_changed_does_not_come_again(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", count_up)
            first, second = await other.store.read("one"), await other.store.read("one")
            assert second.world is first.world
            await state.store.update("one", count_up)
            assert (await other.store.read("one")).world.made == 2

    run(scenario)


def image(number: int) -> Image:
    title = f"title-{number}.png"
    return Image(number, str(number), title, "dall-e", "a fox", 8, 8, "text-to-image", None, "uploads/", 0, 0)


def made(*numbers: int) -> Callable[[World | None, Instant], tuple[World, None]]:
    """Images of those numbers come to the front, and five are kept."""

    def change(world: World | None, at: Instant) -> tuple[World, None]:
        world = world or fresh()
        images = (*map(image, reversed(numbers)), *world.images)[:5]
        return replace(world, made=world.made + len(numbers), images=images), None

    return change


def numbers(found: Found) -> list[int]:
    return [each.id for each in found.world.images] if found.world else []


def test_only_the_images_that_are_new_come_and_go(open_state: Any, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[int] = []

    def coming(data: bytes) -> Image:
        came.append(1)
        return IMAGES.decode(data)

    def going(images: Sequence[Image]) -> list[bytes]:
        came.append(len(images))
        return packed_images(images)

    monkeypatch.setattr(packing, "_decode_image", coming)
    monkeypatch.setattr(store, "packed_images", going)

    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1, 2, 3))
            assert numbers(await other.store.read("one")) == [3, 2, 1]
            came.clear()
            await state.store.update("one", made(4))
            assert came == [1]  # went
            assert numbers(await other.store.read("one")) == [4, 3, 2, 1]
            assert came == [1, 1]  # came
            await other.store.update("one", made(5, 6))
            assert came == [1, 1, 2]

            assert numbers(await state.store.read("one")) == [6, 5, 4, 3, 2]

    run(scenario)
    assert say(url, "LLEN", IMAGES_KEY) == 5


@pytest.mark.parametrize(
    "replaced", [(), (image(9),), (image(9), image(8), image(7)), tuple(map(image, range(90, 95)))]
)
def test_other_images_take_the_place_of_all(open_state: Any, url: str, replaced: tuple[Image, ...]) -> None:
    def restored(world: World | None, at: Instant) -> tuple[World, None]:
        assert world is not None
        return replace(world, made=len(replaced), images=replaced), None

    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other, open_state(url) as third:
            await state.store.update("one", made(1, 2, 3))
            await other.store.read("one")
            await state.store.update("one", restored)
            expected = [each.id for each in replaced]
            assert numbers(await other.store.read("one")) == numbers(await third.store.read("one")) == expected
            await state.store.update("one", made(10))
            assert numbers(await other.store.read("one")) == numbers(await third.store.read("one"))
            assert numbers(await other.store.read("one")) == [10, *expected][:5]

    run(scenario)


def test_who_comes_late_with_images_adds_them_to_those_of_others(open_state: Any, url: str) -> None:
    async def scenario() -> list[int]:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", made(1))
            found = await state.store.read("one")
            await other.store.update("one", made(2, 3))
            await state.store.update("one", made(4), found)
            await other.store.update("one", made(5))
            return numbers(await state.store.read("one"))

    assert run(scenario) == [5, 4, 3, 2, 1]


def test_updates_of_many_processes_lose_nothing(open_state: Any, url: str) -> None:
    async def worker(store: Store) -> list[int]:
        return [await store.update("one", count_up) for _ in range(10)]

    async def scenario() -> list[int]:
        async with open_state(url) as one, open_state(url) as two, open_state(url) as three, open_state(url) as four:
            stores = [one.store, two.store, three.store, four.store] * 5
            seen = await asyncio.gather(*map(worker, stores))
            return sorted(number for each in seen for number in each)

    assert run(scenario) == list(range(200))


def test_updates_of_one_process_that_wait_for_the_same_world_go_together(
    open_state: Any, url: str, trips: list[list[str]]
) -> None:
    async def scenario() -> list[int]:
        async with open_state(url) as state:
            found = await state.store.read("one")
            trips.clear()
            return list(await asyncio.gather(*(state.store.update("one", count_up, found) for _ in range(20))))

    assert run(scenario) == list(range(20))
    assert len(trips) == 2  # the first finds nobody there, and goes at once


def test_an_update_from_what_is_outdated_is_made_again(open_state: Any, url: str) -> None:
    async def scenario() -> int:
        async with open_state(url) as state, open_state(url) as other:
            found = await state.store.read("one")
            await other.store.update("one", count_up)
            return int(await state.store.update("one", count_up, found))

    assert run(scenario) == 1


def test_what_was_let_go_meanwhile_does_not_come_back(open_state: Any, url: str) -> None:
    async def scenario() -> int:
        async with open_state(url) as state, open_state(url) as other:
            found = await state.store.read("one")
            await other.store.update("one", count_up)
            await other.store.delete("one")
            assert await state.store.update("one", count_up, found) == 0
            return int(await other.store.count())

    assert run(scenario) == 1


@pytest.mark.parametrize("cuts", [1, 0])
def test_a_write_whose_reply_is_lost_is_made_once(open_state: Any, cuts: int) -> None:
    async def scenario() -> list[int]:
        async with Relay(shared().port) as relay, open_state(f"redis://127.0.0.1:{relay.port}/9990") as state:
            await state.store.delete("one")
            seen = []
            for _ in range(5):
                found = await state.store.read("one")
                relay.cut(cuts)
                seen.append(await state.store.update("one", count_up, found))
            assert (await state.store.read("one")).world.made == 5
            return seen

    assert run(scenario) == [0, 1, 2, 3, 4]


def test_a_write_whose_reply_is_lost_is_found_under_those_of_others(open_state: Any, url: str) -> None:
    database = urlsplit(url).path

    async def scenario() -> None:
        async with (
            Relay(shared().port) as relay,
            open_state(f"redis://127.0.0.1:{relay.port}{database}") as state,
            open_state(url) as other,
        ):
            await state.store.update("one", count_up)
            found = await state.store.read("one")
            relay.cut()
            update = asyncio.ensure_future(state.store.update("one", count_up, found))
            others = 0
            while not update.done():
                others += 1
                await other.store.update("one", count_up)
            assert (await other.store.read("one")).world.made == others + 2

    run(scenario)


def test_a_write_of_which_nobody_can_tell_is_not_reported_as_done(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", count_up)
            found = await state.store.read("one")
            for _ in range(40):
                await other.store.update("one", count_up)
            await state.store.update("one", count_up, replace(found, stamp=b"never there."))

    with pytest.raises(StoreUnavailableError, match="nobody can tell any more whether the world one was changed"):
        run(scenario)


def test_a_write_whose_reply_is_lost_again_and_again_is_not_reported_as_done(open_state: Any) -> None:
    async def scenario() -> None:
        async with Relay(shared().port) as relay, open_state(f"redis://127.0.0.1:{relay.port}/9991") as state:
            found = await state.store.read("one")
            relay.cut(3)
            await state.store.update("one", count_up, found)

    with pytest.raises(StoreUnavailableError, match="has closed the connection"):
        run(scenario)


def test_scripts_that_the_server_forgot_are_sent_again(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[int, int]:
        async with open_state(url) as state:
            await state.store.update("one", count_up)
            say(url, "SCRIPT", "FLUSH")
            return await state.store.update("one", count_up), await state.store.count()

    assert run(scenario) == (1, 1)


def test_time_does_not_go_back_when_the_clock_of_valkey_does(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state:
            await state.store.update("one", count_up)
            at = (await state.store.read("one")).at
            say(url, "HSET", STATE, "seen", at + 5 * SECOND)
            assert (await state.store.read("one")).at == at + 5 * SECOND
            assert await state.store.update("one", lambda world, now: (count_up(world, now)[0], now)) == at + 5 * SECOND
            assert (await state.store.read("other")).at < at + 5 * SECOND

    run(scenario)


def test_time_is_valkeys(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[Instant, Instant]:
        async with open_state(url) as state:
            seconds, micros = say(url, "TIME")
            return (await state.store.read("one")).at, int(seconds) * SECOND + int(micros)

    at, now = run(scenario)
    assert now <= at < now + SECOND


async def used(state: State) -> None:
    """Have something of each kind in it."""
    await state.store.update("one", count_up)
    await state.store.delete("other")
    await state.store.update("other", count_up)
    await state.store.delete("other")
    await state.journal.append(entry(1, reply="x"))
    await state.sources.put("upload", b"123")


def test_every_key_is_ours_and_lives_no_longer_than_three_times_what_the_setting_says(
    open_state: Any, url: str
) -> None:
    async def scenario() -> None:
        async with open_state(url, state_seconds=100) as state:
            await used(state)

    run(scenario)
    keys = [key.decode() for key in say(url, "KEYS", "*")]
    lives = {key: say(url, "TTL", key) for key in keys}
    assert {key.split("}")[0] for key in keys} == {
        f"aiimage:{{{slot}" for slot in ("one", "other", "worlds", "journal", "sources")
    }
    assert 90 < lives.pop(STATE) <= 100
    assert 50 < lives.pop("aiimage:{other}:state") <= 60
    assert 90 < lives.pop("aiimage:{sources}:value:upload") <= 100
    assert all(290 < life <= 300 for life in lives.values()), lives


def test_what_is_used_lives_on_and_what_is_not_is_gone(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        async with open_state(url, state_seconds=0.2) as state:
            await used(state)
            await state.store.update("idle", count_up)
            await state.journal.append(entry(2, "idle"))
            for number in range(12):
                await asyncio.sleep(0.03)
                await state.store.read("one")
                await state.sources.get("upload")
                await state.journal.append(entry(number + 3))
            assert await state.sources.get("upload") == b"123"
            worlds = list(await state.store.names())
            return worlds, sorted({each.world for each in await state.journal.entries()})

    assert run(scenario) == (["one"], ["one"])
    assert (
        say(url, "EXISTS", "aiimage:{idle}:state", "aiimage:{journal}:tally:idle", "aiimage:{journal}:ring:idle") == 0
    )


def test_a_heavy_world_makes_others_go_with_what_the_journal_has_of_them(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[list[str], list[str]]:
        async with open_state(url, max_world_bytes=10_000) as state:
            for number, name in enumerate(("one", "two", "three")):
                await state.journal.append(entry(number, name))
                await state.store.update(name, lambda world, at: (replace(fresh(), token="x" * 4000), None))
            worlds = list(await state.store.names())
            return worlds, sorted(each.world for each in await state.journal.entries())

    assert run(scenario) == (["two", "three"], ["three", "two"])


def test_a_world_of_another_version_is_not_misread(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state:
            await state.store.update("one", count_up)
        say(url, "HSET", STATE, "world", "\x01something else")
        async with open_state(url) as state:
            await state.store.read("one")

    with pytest.raises(StoreUnavailableError, match="written by another version of the mock: use another database"):
        run(scenario)


def test_what_was_stored_is_there_when_the_process_is_another(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[int, list[str], bytes | None]:
        async with open_state(url) as state:
            await used(state)
        async with open_state(url) as state:
            world = (await state.store.read("one")).world
            return (
                world.made,
                [each.id for each in await state.journal.entries("one")],
                await state.sources.get("upload"),
            )

    assert run(scenario) == (1, ["request 1"], b"123")


def test_each_script_keeps_to_one_hash_slot(open_state: Any, tmp_path: Any) -> None:
    config = {"cluster-enabled": "yes", "databases": 1}
    with Valkey(tmp_path, **config) as node:
        node.say("CLUSTER", "ADDSLOTSRANGE", 0, 16383)

        async def scenario() -> int:
            async with open_state(node.url) as state:
                await used(state)
                return int(await state.store.count())

        while b"cluster_state:ok" not in node.say("CLUSTER", "INFO"):
            pass
        assert run(scenario) == 1
