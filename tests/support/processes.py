"""Processes of this machine, as /proc shows them."""

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def workers_of(parent: int) -> list[int]:
    """Return those of them that are workers."""
    return [each for each in children(parent) if b"spawn_main" in Path(f"/proc/{each}/cmdline").read_bytes()]


def all_gone(processes: Iterable[int]) -> Callable[[], Awaitable[bool]]:
    """Return what tells whether all of them have ended."""

    async def are_gone() -> bool:
        return not any(map(_runs, processes))

    return are_gone


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
