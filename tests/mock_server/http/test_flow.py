"""How long a client may take."""

import asyncio
from typing import cast

from mock_server.http.flow import Flow, Patience
from support.network import TimerLoop


class Reader(asyncio.Transport):
    """A transport that knows whether it is read."""

    reads = True

    def pause_reading(self) -> None:
        self.reads = False

    def resume_reading(self) -> None:
        self.reads = True


def patience(seconds: float = 10) -> tuple[Patience, TimerLoop, list[float]]:
    loop = TimerLoop()
    ends: list[float] = []
    return Patience(cast("asyncio.AbstractEventLoop", loop), seconds, lambda: ends.append(loop.time())), loop, ends


def test_patience_ends_after_its_seconds() -> None:
    sending, loop, ends = patience()
    sending.start()
    loop.advance(9)
    assert ends == []
    loop.advance(2)
    assert ends == [10]


def test_starting_again_changes_nothing() -> None:
    sending, loop, ends = patience()
    sending.start()
    loop.advance(9)
    sending.start()
    loop.advance(2)
    assert ends == [10]


def test_what_is_paused_goes_on_with_what_was_left() -> None:
    sending, loop, ends = patience()
    sending.start()
    loop.advance(4)
    sending.pause()
    loop.advance(1000)
    sending.start()
    assert (ends, loop.pending) == ([], 0)
    sending.resume()
    loop.advance(100)
    assert ends == [1010]


def test_what_has_ended_is_not_resumed_and_starts_afresh() -> None:
    sending, loop, ends = patience()
    sending.start()
    sending.pause()
    sending.end()
    sending.resume()
    loop.advance(4)
    sending.start()
    loop.advance(100)
    assert ends == [14]


def test_what_is_closed_leaves_no_timer_behind() -> None:
    sending, loop, _ = patience()
    sending.start()
    sending.close()
    assert loop.pending == 0


def test_one_timer_does_for_many_requests() -> None:
    sending, loop, ends = patience()
    for _ in range(50):
        sending.start()
        loop.advance(3)
        sending.end()
        assert loop.pending <= 1
    sending.start()
    loop.advance(11)
    assert ends == [160]


def test_pausing_what_does_not_count_is_nothing_to_resume() -> None:
    sending, loop, _ = patience()
    sending.pause()
    sending.resume()
    assert loop.pending == 0


def test_while_nothing_is_read_the_patience_is_kept() -> None:
    sending, loop, ends = patience()
    flow = Flow(Reader(), sending)
    sending.start()
    flow.pause_reading()
    loop.advance(1000)
    flow.resume_reading()
    loop.advance(9)
    assert ends == []
    loop.advance(1)
    assert ends == [1010]


def test_nothing_more_is_read_while_something_waits() -> None:
    reader = Reader()
    flow = Flow(reader, patience()[0])
    flow.waiting += b"GET"
    flow.pause_reading()
    flow.resume_reading()
    assert not reader.reads
    flow.waiting.clear()
    flow.resume_reading()
    assert reader.reads
