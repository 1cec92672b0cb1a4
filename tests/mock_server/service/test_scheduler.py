"""Requests that wait for an instant of a clock, and when each continues."""

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import SECOND
from mock_server.domain.timepiece import Timepiece
from mock_server.service import scheduler
from support.clocks import START, settle
from support.hall import NAME, STOPPED, WORLD, Hall, play


@pytest.mark.parametrize("ahead", [0, -3 * SECOND, 7 * SECOND])
def test_a_request_waits_exactly_until_its_instant(ahead: int) -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + ahead + 2 * SECOND)
        await hall.real.advance(2 - 1e-6)
        assert not task.done()
        await hall.real.advance(1e-6)
        assert task.done()

    play(scenario, Timepiece(ahead))


@pytest.mark.parametrize("piece", [Timepiece(), STOPPED])
def test_an_instant_in_the_past_needs_no_wait(piece: Timepiece) -> None:
    async def scenario(hall: Hall) -> None:
        await hall.request("one", START - 5, START)

    assert play(scenario, piece).log[-1] == "one is answered"


def test_no_wait_ends_while_the_clock_is_stopped() -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + 1)
        await hall.real.advance(86_400)
        assert not task.done()
        task.cancel()

    play(scenario)


def test_a_request_reads_its_clock_again_after_it_was_moved() -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + 5)
        hall.move(Timepiece(0, START + 4))
        await settle()
        assert not task.done()
        hall.move(Timepiece(0, START + 5))
        await settle()
        assert task.done()

    play(scenario)


def test_a_wait_takes_longer_by_the_time_that_the_clock_was_stopped() -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + 2 * SECOND)
        await hall.real.advance(1)
        hall.move(hall.piece.frozen(hall.real.now()))
        await settle()
        await hall.real.advance(60)
        assert not task.done()
        hall.move(hall.piece.running(hall.real.now()))
        await settle()
        await hall.real.advance(1 - 1e-6)
        assert not task.done()
        await hall.real.advance(1e-6)
        assert task.done()

    play(scenario, Timepiece())


@pytest.mark.parametrize("yields", [1, 3])
def test_a_notification_is_not_missed_while_the_clock_is_read(yields: int) -> None:
    async def scenario(hall: Hall) -> None:
        task = asyncio.ensure_future(hall.request("one", START + 5))
        await asyncio.sleep(0)
        hall.move(Timepiece(0, START + 5))
        await settle()
        assert task.done()

    play(scenario, yields=yields)


def test_a_request_that_is_woken_while_it_reads_the_clock_continues() -> None:
    async def scenario(hall: Hall) -> None:
        task = asyncio.ensure_future(hall.request("one", START + 5))
        await asyncio.sleep(0)
        await hall.scheduler.run_due(NAME, START + 5)
        await settle()
        assert task.done()

    play(scenario, yields=3)


def test_next_due_is_the_first_instant_that_a_request_waits_for() -> None:
    async def scenario(hall: Hall) -> None:
        assert hall.scheduler.next_due(NAME, START + 9) is None
        tasks = [await hall.waiting(f"{after}", START + after) for after in (7, 3, 5)]
        found = [hall.scheduler.next_due(NAME, START + until) for until in (2, 3, 9)]
        assert found == [None, START + 3, START + 3]
        assert hall.scheduler.next_due("another clock", START + 9) is None
        for task in tasks:
            task.cancel()

    play(scenario)


def test_each_due_request_continues_when_the_previous_one_was_answered() -> None:
    async def scenario(hall: Hall) -> None:
        for label, after in (("c", 7), ("a", 3), ("d", 7), ("b", 5), ("e", 9)):
            await hall.waiting(label, START + after)
        await hall.scheduler.run_due(NAME, START + 7)

    log = play(scenario, steps=7).log
    assert log == [f"{label} {step}" for label in "abcd" for step in ("continues", "is answered")]


def test_requests_due_at_the_same_instant_continue_one_at_a_time() -> None:
    async def scenario(hall: Hall) -> None:
        for label in "abcd":
            await hall.waiting(label, START + 5)
        async with hall.scheduler.moving(NAME):
            hall.move(Timepiece(0, START + 5))
            await hall.scheduler.run_due(NAME, START + 5)

    log = play(scenario, steps=7).log
    assert log == [f"{label} {step}" for label in "abcd" for step in ("continues", "is answered")]


def test_a_request_that_waits_again_lets_the_next_one_continue() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.waiting("a", START + 3, START + 6, START + 99)
        await hall.waiting("b", START + 5)
        await hall.scheduler.run_due(NAME, START + 6)

    assert play(scenario, steps=3).log == ["a continues", "b continues", "b is answered", "a continues"]


def test_a_due_request_continues_when_the_move_ends() -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + 5)
        async with hall.scheduler.moving(NAME):
            hall.move(Timepiece(0, START + 5))
            await settle()
            assert not task.done()
        await settle()
        assert task.done()

    play(scenario)


def test_a_clock_is_idle_when_every_request_waits_or_was_answered() -> None:
    async def scenario(hall: Hall) -> None:
        await hall.scheduler.idle(NAME)
        with hall.scheduler.in_progress(NAME):
            quiet = asyncio.ensure_future(hall.scheduler.idle(NAME))
            waiting = await hall.waiting("one", START + 5)
            assert not quiet.done()
        await settle()
        assert quiet.done()
        waiting.cancel()

    play(scenario)


def test_a_request_that_takes_too_long_does_not_block_the_clock(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scheduler, "_IDLE_TIMEOUT_SECONDS", 0.01)

    async def scenario(hall: Hall) -> None:
        with hall.scheduler.in_progress(NAME):
            await hall.scheduler.idle(NAME)

    with caplog.at_level(logging.WARNING, "aiimage_mock"):
        play(scenario)
    assert ["the clock moves without it" in each.getMessage() for each in caplog.records] == [True]


@pytest.mark.parametrize("moves", [0, 1, 3])
def test_a_request_that_is_cancelled_while_it_waits_does_not_delay_others(moves: int) -> None:
    async def scenario(hall: Hall) -> None:
        gone, stays = await hall.waiting("gone", START + 3), await hall.waiting("stays", START + 5)
        for _ in range(moves):
            hall.move(STOPPED)
        gone.cancel()
        await settle()
        await hall.scheduler.run_due(NAME, START + 5)
        assert gone.cancelled()
        assert stays.done()

    hall = play(scenario)
    assert hall.log == ["stays continues", "stays is answered"]
    assert hall.empty


def test_a_request_that_is_cancelled_as_it_is_woken_does_not_delay_the_clock() -> None:
    async def scenario(hall: Hall) -> None:
        gone = await hall.waiting("gone", START + 3)
        moved = asyncio.ensure_future(hall.scheduler.run_due(NAME, START + 3))
        gone.cancel()
        await moved
        assert gone.cancelled()

    assert play(scenario).empty


def test_requests_of_a_deleted_world_stop_waiting() -> None:
    async def scenario(hall: Hall) -> None:
        gone = [await hall.waiting("gone", START + 5, world="gone"), await hall.waiting("too", START + 9, world="gone")]
        stays = await hall.waiting("stays", START + 5, world="other")
        hall.scheduler.cancel(NAME, "gone")
        hall.scheduler.cancel("another clock", "other")
        await settle()
        assert [each.done() for each in gone] == [True, True]
        assert not stays.done()
        stays.cancel()

    play(scenario)


def test_movers_of_a_clock_take_turns_in_the_order_of_arrival() -> None:
    async def scenario(hall: Hall) -> None:
        async def mover(number: int) -> None:
            async with hall.scheduler.moving(NAME):
                hall.log.append(f"{number} moves")
                await settle()
                hall.log.append(f"{number} is done")

        first = [asyncio.ensure_future(mover(number)) for number in range(3)]
        await first[0]
        await asyncio.gather(*first, *(mover(number) for number in range(3, 6)))

    hall = play(scenario)
    assert hall.log == [f"{number} {step}" for number in range(6) for step in ("moves", "is done")]
    assert hall.empty


def test_a_mover_that_fails_releases_the_clock() -> None:
    async def scenario(hall: Hall) -> None:
        with pytest.raises(LookupError):
            async with hall.scheduler.moving(NAME):
                raise LookupError
        async with hall.scheduler.moving(NAME):
            pass

    assert play(scenario).empty


def test_clocks_are_independent() -> None:
    async def scenario(hall: Hall) -> None:
        task = await hall.waiting("one", START + 5)
        await hall.scheduler.run_due("another clock", START + 5)
        with hall.scheduler.in_progress("another clock"):
            await hall.scheduler.run_due(NAME, START + 5)
        assert task.done()

    assert play(scenario).empty


@given(
    rows=st.lists(st.lists(st.integers(0, 6), min_size=1, max_size=3).map(sorted), min_size=1, max_size=6),
    targets=st.lists(st.integers(0, 7), max_size=5).map(sorted),
    yields=st.integers(0, 2),
    steps=st.integers(0, 4),
)
def test_all_requests_continue_at_their_instants_in_order(
    rows: list[list[int]], targets: list[int], yields: int, steps: int
) -> None:
    seen: list[tuple[int, int]] = []

    async def scenario(hall: Hall) -> None:
        async def request(number: int, instants: list[int]) -> None:
            with hall.scheduler.in_progress(NAME):
                for instant in instants:
                    await hall.scheduler.wait(NAME, WORLD, START + instant, hall.look)
                    seen.append((hall.piece.at(0) - START, instant))
                    for _ in range(number * steps):
                        await asyncio.sleep(0)

        tasks = [asyncio.ensure_future(request(number, instants)) for number, instants in enumerate(rows)]
        await settle()
        for target in [*targets, 7]:
            async with hall.scheduler.moving(NAME):
                while (due := hall.scheduler.next_due(NAME, START + target)) is not None:
                    hall.move(Timepiece(0, max(due, hall.piece.at(0))))
                    await hall.scheduler.run_due(NAME, due)
        assert all(task.done() for task in tasks)
        assert hall.empty

    play(scenario, yields=yields, steps=steps)
    assert seen == [(instant, instant) for instant in sorted(instant for instants in rows for instant in instants)]
