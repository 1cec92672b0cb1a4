"""Virtual time passes while everything waits, and not while anything runs."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Condition

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.virtual_time import AVAILABLE, fast_time
from support.examples import examples

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="the system does not tell what threads do")

DAY = 24 * 60 * 60.0
ANY = 1.0


def compute(seconds: float = 0.02) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def test_a_day_passes_at_once() -> None:
    with fast_time(ANY) as pace:
        began = pace.wall_ms()
        pace.sleep(DAY)
        assert pace.seconds() == DAY
        assert pace.wall_ms() - began == DAY * 1000


@settings(max_examples=examples(20), deadline=None)
@given(delays=st.lists(st.integers(1, 100_000).map(lambda each: each / 1000), min_size=1, max_size=6))
def test_each_of_several_threads_wakes_at_its_moment_however_long_the_others_compute(delays: list[float]) -> None:
    def work(delay: float) -> tuple[float, float]:
        pace.sleep(delay)
        woken = pace.seconds()
        compute(0.002)
        return woken, pace.seconds()

    with fast_time(ANY) as pace, ThreadPoolExecutor(len(delays)) as pool:
        seen = list(pool.map(work, delays))
    # All sleep from the beginning, since this thread runs until they do; no time passes while one computes.
    assert seen == [(delay, delay) for delay in delays]


def test_no_time_passes_while_a_reply_is_on_its_way() -> None:
    """A peer reads, computes and answers, while another thread waits for a second."""

    def answer(pace: Pace) -> float:
        content = peer.recv(100)
        compute()
        peer.sendall(content)
        return pace.seconds()

    own, peer = socket.socketpair()
    with own, peer, fast_time(ANY) as pace, ThreadPoolExecutor(2) as pool:
        compute(0.005)
        own.sendall(b"asked")
        answered = pool.submit(answer, pace)
        waiting = pool.submit(pace.sleep, 1)
        assert own.recv(100) == b"asked"
        assert (answered.result(), pace.seconds()) == (0, 0)
        waiting.result()
        assert pace.seconds() == 1


def test_a_condition_is_notified_by_a_change_or_at_its_moment() -> None:
    changed = Condition()

    def wait(pace: Pace, seconds: float | None) -> float:
        with changed:
            pace.wait(changed, seconds)
        return pace.seconds()

    with fast_time(ANY) as pace, ThreadPoolExecutor(2) as pool:
        assert wait(pace, 3) == 3
        without_end = pool.submit(wait, pace, None)
        pace.sleep(5)
        assert not without_end.done()
        with changed:
            changed.notify_all()
        assert without_end.result() == 8


def test_no_time_is_slept_that_is_none() -> None:
    with fast_time(ANY) as pace:
        pace.sleep(0)
        pace.sleep(-1)
        assert pace.seconds() == 0
