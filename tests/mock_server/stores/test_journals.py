"""Guarantees of every journal. conftest.py lists the journals."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.domain.entry import Entry, Problem
from mock_server.stores import Journal, Tally
from support.clocks import START
from support.entries import entry

T = TypeVar("T")
OpenJournal = Callable[[int, int], AbstractAsyncContextManager[Journal]]

TEXTS = st.text(max_size=10)
VALUES = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXTS
INSTANTS = st.integers(0, 2**60)
FULL = Entry(
    id="a1b2c300000001",
    world="one",
    token="dem***",
    at=START,
    ended=START + 5,
    operation="generateImage",
    method="POST",
    path="/api/v1/aiimage/generate-image",
    query="a=1&b=狐狸",
    headers=(("authorization", "***"), ("accept", "*/*"), ("accept", "text/html")),
    fields={"description": "a fox", "image_number_of_images": 2, "image_src": {"file": 1234}},
    status=422,
    complete=False,
    reply='{"message": "dem***"}',
    rule="VALID-422",
    state={"lock": {"until": None}, "credits": 3},
    ends_at=START + 9,
    problems=(Problem("size", "required", "The size field is required."), Problem("type", "in", "狐狸")),
    made=("fox-1.png", "fox-2.png"),
    picture="fox-1.png",
    authorized=True,
    faults=("slow", "closed"),
    received=START + 1,
)


def run(
    open_journal: OpenJournal,
    scenario: Callable[[Journal], Awaitable[T]],
    capacity: int = 1000,
    max_bytes: int = 2**20,
) -> T:
    async def opened() -> T:
        async with open_journal(capacity, max_bytes) as journal:
            return await scenario(journal)

    return asyncio.run(opened())


async def fill(journal: Journal, *entries: Entry) -> None:
    for each in entries:
        await journal.append(each)


async def ids(journal: Journal, world: str | None = None) -> list[str]:
    return [each.id.removeprefix("request ") for each in await journal.entries(world)]


def test_a_journal_is_empty_at_first(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[Entry], list[Entry], Entry | None, Tally]:
        entries = list(await journal.entries()), list(await journal.entries("one"))
        return *entries, await journal.entry("request 1"), await journal.tally("one")

    assert run(open_journal, scenario) == ([], [], None, {})


def test_an_entry_is_returned_unchanged(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[Entry], list[Entry], Entry | None]:
        await journal.append(FULL)
        return list(await journal.entries("one")), list(await journal.entries()), await journal.entry(FULL.id)

    assert run(open_journal, scenario) == ([FULL], [FULL], FULL)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.builds(
        Entry,
        **dict.fromkeys(("world", "token", "method", "path", "query", "reply"), TEXTS),
        **{name: st.none() | TEXTS for name in ("operation", "rule", "picture")},
        **dict.fromkeys(("at", "ended", "received"), INSTANTS),
        **{name: st.booleans() for name in ("complete", "authorized")},
        **{name: st.lists(TEXTS, max_size=3).map(tuple) for name in ("made", "faults")},
        id=st.text(min_size=1, max_size=10),
        headers=st.lists(st.tuples(TEXTS, TEXTS), max_size=3).map(tuple),
        fields=st.dictionaries(TEXTS, VALUES, max_size=3),
        state=st.dictionaries(TEXTS, VALUES | st.dictionaries(TEXTS, VALUES, max_size=2), max_size=3),
        problems=st.lists(st.builds(Problem, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
        status=st.none() | st.integers(100, 599),
        ends_at=st.none() | INSTANTS,
    )
)
def test_any_entry_is_returned_unchanged(open_journal: OpenJournal, appended: Entry) -> None:
    async def scenario(journal: Journal) -> tuple[list[Entry], Entry | None]:
        await journal.append(appended)
        return list(await journal.entries(appended.world)), await journal.entry(appended.id)

    assert run(open_journal, scenario) == ([appended], appended)


def test_the_entries_of_a_world_are_in_order_of_arrival(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[list[str]]:
        await fill(journal, entry(3), entry(2, "other"), entry(1), entry(4, ""))
        return [await ids(journal, world) for world in ("one", "other", "", "missing")]

    assert run(open_journal, scenario) == [["1", "3"], ["2"], ["4"], []]


def test_the_entries_of_all_worlds_are_in_order_of_arrival(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[str]:
        await fill(journal, entry(3), entry(1, "other"), entry(4, "other"), entry(2, "third"))
        return await ids(journal)

    assert run(open_journal, scenario) == ["1", "2", "3", "4"]


def test_the_order_of_all_entries_follows_the_clock_of_the_server(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[str]:
        await fill(journal, entry(1, at=START + 99), entry(2, "other", at=0))
        return await ids(journal)

    assert run(open_journal, scenario) == ["1", "2"]


def test_a_world_keeps_its_last_entries(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], list[str]]:
        await fill(journal, *(entry(number) for number in range(7)), entry(7, "other"))
        return await ids(journal, "one"), await ids(journal, "other")

    assert run(open_journal, scenario, capacity=3) == (["4", "5", "6"], ["7"])


def test_an_evicted_entry_is_not_found(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[bool]:
        await fill(journal, *(entry(number) for number in range(4)))
        return [await journal.entry(f"request {number}") is not None for number in range(5)]

    assert run(open_journal, scenario, capacity=2) == [False, False, True, True, False]


def test_a_full_journal_evicts_the_oldest_entries_of_the_least_recently_used_world(
    open_journal: OpenJournal,
) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], int]:
        worlds = ["idle", "idle", "busy", "idle", "idle", *["busy"] * 5]
        await fill(journal, *(entry(number, world, reply="x" * 1000) for number, world in enumerate(worlds)))
        return await ids(journal), sum(len(each.reply) for each in await journal.entries())

    left, size = run(open_journal, scenario, max_bytes=10_000)
    evicted = [number for number in map(str, range(10)) if number not in left]
    assert evicted
    assert evicted == ["0", "1", "3", "4"][: len(evicted)]
    assert 6000 < size < 10_000


def test_an_entry_larger_than_the_journal_evicts_no_other(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], Tally]:
        await fill(journal, entry(1), entry(2, "other", reply="x" * 20_000))
        return await ids(journal), await journal.tally("other")

    assert run(open_journal, scenario, max_bytes=10_000) == (["1"], {("getRecentImages", 200, None): 1})


def test_responses_are_counted_by_operation_status_and_rule(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[Tally, Tally]:
        await fill(
            journal, entry(1), entry(2), entry(3, status=401, rule="AUTH-401"), entry(4, operation="getVersions")
        )
        await fill(journal, entry(5, "other"))
        return await journal.tally("one"), await journal.tally("other")

    assert run(open_journal, scenario) == (
        {
            ("getRecentImages", 200, None): 2,
            ("getRecentImages", 401, "AUTH-401"): 1,
            ("getVersions", 200, None): 1,
        },
        {("getRecentImages", 200, None): 1},
    )


def test_unanswered_requests_are_not_counted_and_unknown_operations_count_under_an_empty_name(
    open_journal: OpenJournal,
) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], Tally]:
        await fill(journal, entry(1, operation=None), entry(2, status=None))
        return await ids(journal), await journal.tally("one")

    assert run(open_journal, scenario) == (["1", "2"], {("", 200, None): 1})


def test_evicted_entries_remain_counted(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> Tally:
        await fill(journal, *(entry(number) for number in range(9)))
        return await journal.tally("one")

    assert run(open_journal, scenario, capacity=2) == {("getRecentImages", 200, None): 9}


def test_the_entries_of_one_world_are_deleted(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], Entry | None, Tally, Tally]:
        await fill(journal, entry(1), entry(2, "other"))
        await journal.delete("one")
        await journal.delete("missing")
        found = await ids(journal), await journal.entry("request 1")
        return *found, await journal.tally("one"), await journal.tally("other")

    assert run(open_journal, scenario) == (["2"], None, {}, {("getRecentImages", 200, None): 1})


def test_all_entries_are_deleted_and_the_journal_continues(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], Tally, Tally, Entry | None]:
        await fill(journal, entry(1), entry(2, "other"), entry(3, ""))
        await journal.delete()
        await fill(journal, entry(4))
        tallies = await journal.tally("one"), await journal.tally("other")
        return await ids(journal), *tallies, await journal.entry("request 2")

    assert run(open_journal, scenario) == (["4"], {("getRecentImages", 200, None): 1}, {}, None)


def test_a_restore_replaces_the_entries_of_a_world(open_journal: OpenJournal) -> None:
    tally: Tally = {("getVersions", 200, None): 41}

    async def scenario(journal: Journal) -> tuple[list[str], Entry | None, Entry | None, Tally]:
        await fill(journal, entry(1), entry(2, "other"))
        await journal.restore("one", [entry(7), entry(8)], tally)
        found = await journal.entry("request 1"), await journal.entry("request 7")
        return await ids(journal), *found, await journal.tally("one")

    assert run(open_journal, scenario) == (["2", "7", "8"], None, entry(7), tally)


def test_counting_continues_from_restored_counts(open_journal: OpenJournal) -> None:
    key = ("getRecentImages", 200, None)
    tally: Tally = {key: 41}

    async def scenario(journal: Journal) -> tuple[Tally, list[str]]:
        await journal.restore("one", [entry(1)], tally)
        await fill(journal, entry(2))
        return await journal.tally("one"), await ids(journal, "one")

    assert run(open_journal, scenario) == ({key: 42}, ["1", "2"])
    assert tally == {key: 41}


def test_a_restore_keeps_only_the_last_entries(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[str]:
        await journal.restore("one", [entry(number) for number in range(5)], {})
        return await ids(journal, "one")

    assert run(open_journal, scenario, capacity=2) == ["3", "4"]


def test_a_returned_tally_does_not_change(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> Tally:
        await fill(journal, entry(1))
        tally = await journal.tally("one")
        await fill(journal, entry(2))
        return tally

    assert run(open_journal, scenario) == {("getRecentImages", 200, None): 1}


def test_worlds_with_requests_are_in_the_order_of_their_last_one(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> list[str]:
        for number, world in enumerate(("one", "two", "", "three", "one")):
            await fill(journal, entry(number, world))
        return list(await journal.worlds())

    assert run(open_journal, scenario) == ["two", "three", "one"]


def test_a_request_of_the_page_is_kept_and_not_counted(open_journal: OpenJournal) -> None:
    async def scenario(journal: Journal) -> tuple[list[str], Tally]:
        await fill(journal, entry(1), entry(2, sender="page"))
        return await ids(journal, "one"), await journal.tally("one")

    assert run(open_journal, scenario) == (["1", "2"], {("getRecentImages", 200, None): 1})
