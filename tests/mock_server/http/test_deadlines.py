"""The deadline of a client, and the flow control that pauses it."""

import asyncio
from typing import cast

from mock_server.http.deadlines import ClientDeadline, Flow
from support.network import TimerLoop


class Reader(asyncio.Transport):
    """A transport that records whether it is read."""

    reads = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


def make_deadline(seconds: float = 10) -> tuple[ClientDeadline, TimerLoop, list[float]]:
    loop = TimerLoop()
    expiries: list[float] = []
    fake = cast("asyncio.AbstractEventLoop", loop)
    return ClientDeadline(fake, seconds, lambda: expiries.append(loop.time())), loop, expiries


def test_a_deadline_expires_after_its_seconds() -> None:
    deadline, loop, expiries = make_deadline()
    deadline.start()
    loop.advance(9)
    assert expiries == []
    loop.advance(2)
    assert expiries == [10]


def test_starting_again_changes_nothing() -> None:
    deadline, loop, expiries = make_deadline()
    deadline.start()
    loop.advance(9)
    deadline.start()
    loop.advance(2)
    assert expiries == [10]


def test_a_paused_deadline_continues_with_the_seconds_that_were_left() -> None:
    deadline, loop, expiries = make_deadline()
    deadline.start()
    loop.advance(4)
    deadline.pause()
    loop.advance(1000)
    deadline.start()
    assert (expiries, loop.pending) == ([], 0)
    deadline.resume()
    loop.advance(100)
    assert expiries == [1010]


def test_a_stopped_deadline_is_not_resumed_and_starts_again_from_zero() -> None:
    deadline, loop, expiries = make_deadline()
    deadline.start()
    deadline.pause()
    deadline.stop()
    deadline.resume()
    loop.advance(4)
    deadline.start()
    loop.advance(100)
    assert expiries == [14]


def test_a_closed_deadline_leaves_no_timer() -> None:
    deadline, loop, _ = make_deadline()
    deadline.start()
    deadline.close()
    assert loop.pending == 0


def test_many_requests_share_one_timer() -> None:
    deadline, loop, expiries = make_deadline()
    for _ in range(50):
        deadline.start()
        loop.advance(3)
        deadline.stop()
        assert loop.pending <= 1
    deadline.start()
    loop.advance(11)
    assert expiries == [160]


def test_a_deadline_that_was_not_started_cannot_be_paused_and_resumed() -> None:
    deadline, loop, _ = make_deadline()
    deadline.pause()
    deadline.resume()
    assert loop.pending == 0


def test_the_deadline_is_paused_while_nothing_is_read() -> None:
    deadline, loop, expiries = make_deadline()
    flow = Flow(Reader(), deadline)
    deadline.start()
    flow.pause_reading()
    loop.advance(1000)
    flow.resume_reading()
    loop.advance(9)
    assert expiries == []
    loop.advance(1)
    assert expiries == [1010]


def test_nothing_more_is_read_while_bytes_wait_to_be_parsed() -> None:
    reader = Reader()
    flow = Flow(reader, make_deadline()[0])
    flow.unparsed += b"GET"
    flow.pause_reading()
    flow.resume_reading()
    assert not reader.reads
    flow.unparsed.clear()
    flow.resume_reading()
    assert reader.reads
