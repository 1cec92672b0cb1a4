"""The CPU time and the memory of a server with all its children, read from /proc."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True)
class Stat:
    """A line of /proc/PID/stat. reaped: CPU seconds of the ended children."""

    pid: int
    parent: int
    seconds: float
    reaped: float


@dataclass(frozen=True)
class Memory:
    """Resident memory in MiB. peak: the sum of the maxima of the processes."""

    resident: float
    peak: float


def parse_stat(line: str) -> Stat:
    """Parse a line of /proc/PID/stat. The name in it may contain anything, even brackets and spaces."""
    pid, _, rest = line.partition(" (")
    fields = rest.rpartition(") ")[2].split()
    spent = [int(field) / _TICKS for field in fields[11:15]]
    return Stat(int(pid), int(fields[1]), spent[0] + spent[1], spent[2] + spent[3])


def parse_memory(status: str) -> Memory:
    """Parse /proc/PID/status. A process that is ending has no memory any more."""
    sizes = {name: value for name, _, value in (line.partition(":") for line in status.splitlines())}
    resident, peak = (int(sizes.get(name, "0 kB").split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return Memory(resident, peak)


def tree(roots: Iterable[int], parents: Mapping[int, int]) -> set[int]:
    """Return these processes and all their descendants. parents: the parent of each process."""
    found = {root for root in roots if root in parents}
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """Return the CPU seconds of the process trees so far, ended children included."""
    stats = _stats()
    members = tree(roots, {pid: stat.parent for pid, stat in stats.items()})
    return sum(stats[pid].seconds + stats[pid].reaped for pid in members)


def memory(roots: Iterable[int]) -> Memory:
    """Return the memory of the process trees. Shared memory is counted for each process."""
    members = tree(roots, {pid: stat.parent for pid, stat in _stats().items()})
    held = [parse_memory(text) for pid in members if (text := _read(pid, "status"))]
    return Memory(sum(each.resident for each in held), sum(each.peak for each in held))


def _stats() -> dict[int, Stat]:
    pids = [int(path.name) for path in _PROC.iterdir() if path.name.isdigit()]
    return {pid: parse_stat(line) for pid in pids if (line := _read(pid, "stat"))}


def _read(pid: int, name: str) -> str:
    """Return a file of a process, "" if the process has ended."""
    try:
        return (_PROC / str(pid) / name).read_text(errors="replace")
    except OSError:
        return ""
