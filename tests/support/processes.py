"""Processes of this machine, as /proc shows them."""

import os
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def workers_of(parent: int) -> list[int]:
    """Return the child processes that are workers."""
    return [each for each in children(parent) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def session(leader: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if os.getsid(int(path.name)) == leader and _runs(int(path.name)):
                found.append(int(path.name))
    return found


def commands(processes: Iterable[int]) -> Iterator[list[bytes]]:
    """Yield the command line of each process that still runs, split into words."""
    for process in processes:
        with suppress(FileNotFoundError, ProcessLookupError):
            yield Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")


def all_ended(processes: Iterable[int]) -> Callable[[], Awaitable[bool]]:
    """Return a condition that is true when all processes have ended."""

    async def are_ended() -> bool:
        return not any(map(_runs, processes))

    return are_ended


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
