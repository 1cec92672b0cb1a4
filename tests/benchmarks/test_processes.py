"""Parsing of /proc, and sums over processes."""

import os

import pytest

from benchmarks import processes
from benchmarks.processes import Memory, Stat

TICK = os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", ["python", "a (strange) name", ") 1 2 3"])
def test_a_line_of_stat_is_parsed(name: str) -> None:
    line = f"4711 ({name}) S 42 4711 4711 0 -1 4194560 1 2 3 4 {3 * TICK} {TICK} {5 * TICK} {2 * TICK} 20 0 1 0 99"
    assert processes.parse_stat(line) == Stat(4711, 42, seconds=4, reaped=7)


def test_memory_is_parsed() -> None:
    status = "Name:\tpython\nVmPeak:\t  999999 kB\nVmHWM:\t   51200 kB\nVmRSS:\t   10240 kB\nThreads:\t1\n"
    assert processes.parse_memory(status) == Memory(resident=10, peak=50)


def test_a_process_that_ends_has_no_memory() -> None:
    assert processes.parse_memory("Name:\tpython\nState:\tZ (zombie)\n") == Memory(0, 0)


def test_a_tree_has_the_descendants_and_no_other_process() -> None:
    parents = {1: 0, 10: 1, 12: 11, 11: 10, 20: 1, 21: 20, 30: 1}
    assert processes.tree([10, 20], parents) == {10, 11, 12, 20, 21}
    assert processes.tree([99], parents) == set()


def test_this_process_has_cpu_time_and_memory() -> None:
    assert processes.cpu_seconds([os.getpid()]) > 0
    memory = processes.memory([os.getpid()])
    assert 0 < memory.resident <= memory.peak
