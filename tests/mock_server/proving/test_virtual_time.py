"""Virtual time: it jumps to the next instant that anything waits for, and never past it."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from mock_server.domain.clock import SECOND
from mock_server.proving.virtual_time import Interrupted, VirtualTime

START = 1_000 * SECOND


class RestingMock:
    """A mock in a loop of its own, at rest after a number of looks."""

    def __init__(self, looks: int = 0) -> None:
        self.loop: asyncio.AbstractEventLoop | None = asyncio.new_event_loop()
        self._looks = looks

    def at_rest(self) -> bool:
        self._looks -= 1
        return self._looks < 0


@pytest.fixture
def mock() -> Iterator[RestingMock]:
    resting = RestingMock(3)
    assert resting.loop
    thread = threading.Thread(target=resting.loop.run_forever)
    thread.start()
    yield resting
    resting.loop.call_soon_threadsafe(resting.loop.stop)
    thread.join()
    resting.loop.close()


@pytest.fixture
def time() -> VirtualTime:
    virtual = VirtualTime(START)
    virtual.begin(START + 60 * SECOND)
    return virtual


def test_a_wait_for_nothing_ends_at_its_deadline(time: VirtualTime) -> None:
    assert not time.block(lambda: False, START + 5 * SECOND)
    assert time.now() == START + 5 * SECOND


def test_a_wait_for_something_that_is_there_takes_no_time(time: VirtualTime) -> None:
    assert time.block(lambda: True, START + 5 * SECOND)
    assert time.now() == START


@pytest.mark.parametrize("deadline", [None, START + 30 * SECOND], ids=["never", "later"])
def test_no_time_passes_while_another_thread_has_what_it_waits_for(time: VirtualTime, deadline: int | None) -> None:
    """It has its reply, and this machine is too busy to let it continue."""
    sees, continues, done = threading.Event(), threading.Event(), threading.Event()

    def is_there() -> bool:
        if threading.current_thread() is not slow:
            continues.set()  # the main thread has asked
        else:
            sees.set()
            continues.wait(20)
        return True

    def wait() -> None:
        time.block(is_there, deadline)
        done.set()

    slow = threading.Thread(target=wait)
    time.clients.add(slow)
    slow.start()
    sees.wait(20)
    assert time.block(done.is_set, None)
    slow.join()
    assert time.now() == START


@pytest.mark.parametrize("deadline", [None, START + 61 * SECOND], ids=["never", "later than the limit"])
def test_a_wait_beyond_the_limit_is_a_hang(time: VirtualTime, deadline: int | None) -> None:
    with pytest.raises(Interrupted):
        time.block(lambda: False, deadline)
    assert time.interrupted == "hang"
    with pytest.raises(Interrupted):
        time.check()


def test_the_first_cause_of_an_interruption_stays(time: VirtualTime) -> None:
    time.interrupt("storm")
    time.interrupt("hang")
    assert time.interrupted == "storm"
    time.begin(START + SECOND)
    time.check()


def test_an_event_of_the_mock_comes_before_a_later_deadline(time: VirtualTime, mock: RestingMock) -> None:
    time.mock = mock
    seen: list[int] = []

    async def event() -> None:
        await time.sleep_until(START + 3 * SECOND)
        seen.append(time.now())

    assert mock.loop
    waiting = asyncio.run_coroutine_threadsafe(event(), mock.loop)
    assert time.block(lambda: bool(seen), START + 50 * SECOND)
    waiting.result()
    assert seen == [time.now()] == [START + 3 * SECOND]


def test_every_thread_that_waits_ends_and_none_takes_the_time_of_another(time: VirtualTime) -> None:
    ended: list[int] = []
    ready = threading.Barrier(3)

    def wait(seconds: int) -> None:
        ready.wait()
        time.block(lambda: False, START + seconds * SECOND)
        ended.append(seconds)

    threads = [threading.Thread(target=wait, args=(seconds,)) for seconds in (30, 10, 20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(ended) == [10, 20, 30]
    assert time.now() == START + 30 * SECOND


def test_a_read_of_the_time_takes_a_moment(time: VirtualTime) -> None:
    assert time.read() < time.read()
