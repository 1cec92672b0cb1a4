"""Guarantees of the store in Valkey beyond those of every store."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from mock_server.domain.clock import SECOND, Instant
from mock_server.stores import State, Store, StoreUnavailableError
from mock_server.stores.redis.commands import Command
from mock_server.stores.redis.connection import Connection
from support.entries import entry
from support.stored import count_up, fresh, run, say
from support.valkey import Relay, Valkey, shared

STATE = "aiimage:{one}:state"


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands of each round trip to Valkey."""
    sent: list[list[str]] = []
    exchange = Connection._exchange

    async def recorded(connection: Connection, to: Any, commands: Sequence[Command]) -> list[Any]:
        sent.append([str(each[0]) for each in commands])
        return await exchange(connection, to, commands)

    monkeypatch.setattr(Connection, "_exchange", recorded)
    return sent


def test_a_read_is_one_round_trip_and_an_update_of_it_another(
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


def test_an_unchanged_world_is_not_sent_again(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", count_up)
            first, second = await other.store.read("one"), await other.store.read("one")
            assert second.world is first.world
            await state.store.update("one", count_up)
            assert (await other.store.read("one")).world.made == 2

    run(scenario)


def test_updates_of_many_processes_are_not_lost(open_state: Any, url: str) -> None:
    async def worker(store: Store) -> list[int]:
        return [await store.update("one", count_up) for _ in range(10)]

    async def scenario() -> list[int]:
        async with open_state(url) as one, open_state(url) as two, open_state(url) as three, open_state(url) as four:
            stores = [one.store, two.store, three.store, four.store] * 5
            seen = await asyncio.gather(*map(worker, stores))
            return sorted(number for each in seen for number in each)

    assert run(scenario) == list(range(200))


def test_updates_of_one_process_that_wait_for_the_same_world_share_a_write(
    open_state: Any, url: str, trips: list[list[str]]
) -> None:
    async def scenario() -> list[int]:
        async with open_state(url) as state:
            found = await state.store.read("one")
            trips.clear()
            return list(await asyncio.gather(*(state.store.update("one", count_up, found) for _ in range(20))))

    assert run(scenario) == list(range(20))
    assert len(trips) == 2  # the first is applied at once


def test_an_update_of_an_outdated_world_is_applied_again(open_state: Any, url: str) -> None:
    async def scenario() -> int:
        async with open_state(url) as state, open_state(url) as other:
            found = await state.store.read("one")
            await other.store.update("one", count_up)
            return int(await state.store.update("one", count_up, found))

    assert run(scenario) == 1


def test_an_update_does_not_recreate_a_world_that_was_deleted_meanwhile(open_state: Any, url: str) -> None:
    async def scenario() -> int:
        async with open_state(url) as state, open_state(url) as other:
            found = await state.store.read("one")
            await other.store.update("one", count_up)
            await other.store.delete("one")
            assert await state.store.update("one", count_up, found) == 0
            return int(await other.store.count())

    assert run(scenario) == 1


@pytest.mark.parametrize("cuts", [1, 0])
def test_a_write_whose_reply_is_lost_is_applied_once(open_state: Any, cuts: int) -> None:
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


def test_a_write_whose_reply_is_lost_is_found_among_other_writes(open_state: Any, url: str) -> None:
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


def test_a_write_with_an_unknown_outcome_is_not_reported_as_done(open_state: Any, url: str) -> None:
    async def scenario() -> None:
        async with open_state(url) as state, open_state(url) as other:
            await state.store.update("one", count_up)
            found = await state.store.read("one")
            for _ in range(40):
                await other.store.update("one", count_up)
            await state.store.update("one", count_up, replace(found, stamp=b"never there."))

    with pytest.raises(StoreUnavailableError, match="the outcome of the update of the world one is unknown"):
        run(scenario)


def test_a_write_whose_reply_is_lost_again_and_again_is_not_reported_as_done(open_state: Any) -> None:
    async def scenario() -> None:
        async with Relay(shared().port) as relay, open_state(f"redis://127.0.0.1:{relay.port}/9991") as state:
            found = await state.store.read("one")
            relay.cut(3)
            await state.store.update("one", count_up, found)

    with pytest.raises(StoreUnavailableError, match="closed the connection"):
        run(scenario)


def test_scripts_that_the_server_does_not_know_are_sent_again(open_state: Any, url: str) -> None:
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


def test_the_time_is_that_of_valkey(open_state: Any, url: str) -> None:
    async def scenario() -> tuple[Instant, Instant]:
        async with open_state(url) as state:
            seconds, micros = say(url, "TIME")
            return (await state.store.read("one")).at, int(seconds) * SECOND + int(micros)

    at, now = run(scenario)
    assert now <= at < now + SECOND


async def used(state: State) -> None:
    """Store a value of each kind."""
    await state.store.update("one", count_up)
    await state.store.delete("other")
    await state.store.update("other", count_up)
    await state.store.delete("other")
    await state.journal.append(entry(1, reply="x"))
    await state.sources.put("upload", b"123")


def test_every_key_has_the_prefix_and_expires_after_at_most_three_lifetimes(open_state: Any, url: str) -> None:
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


KEYS = (
    STATE,
    "aiimage:{idle}:state",
    "aiimage:{journal}:ring:one",
    "aiimage:{journal}:ring:idle",
    "aiimage:{journal}:tally:one",
    "aiimage:{journal}:tally:idle",
    "aiimage:{sources}:value:upload",
)


def test_use_renews_the_life_of_a_world_and_not_that_of_others(open_state: Any, url: str) -> None:
    """Lives are cut to a tenth by hand, so that nothing has to wait for them to end."""

    async def scenario() -> None:
        async with open_state(url, state_seconds=100) as state:
            await used(state)
            await state.store.update("idle", count_up)
            await state.journal.append(entry(2, "idle"))
            for key in KEYS:
                assert say(url, "PEXPIRE", key, 10_000) == 1, key
            await state.store.read("one")
            await state.sources.get("upload")
            await state.journal.append(entry(3))

    run(scenario)
    assert {key: say(url, "PTTL", key) > 10_000 for key in KEYS} == {key: "idle" not in key for key in KEYS}


def test_a_heavy_world_evicts_others_with_their_journal(open_state: Any, url: str) -> None:
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


def test_another_process_finds_what_was_stored(open_state: Any, url: str) -> None:
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


def test_each_script_uses_one_hash_slot(open_state: Any, tmp_path: Any) -> None:
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
