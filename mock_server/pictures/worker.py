"""The process that decodes uploads: it reads jobs from standard input and writes their results to standard output.

A job is a message of a JSON head and bytes, and so is a result. A job that takes more than its share of the processor
ends the process; the parent (`processes.py`) starts another.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from typing import IO, TYPE_CHECKING, Any

from .picture import Picture, UnreadableImage

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRAME = struct.Struct(">II")
_NICENESS = 5  # the event loop, which answers everything else, gets the processor first
_BASE_BYTES = 512 * 2**20
_BYTES_PER_PIXEL = 40  # the source, and the copies in which it is turned, scaled and coloured
_BYTES_PER_BYTE = 8
OVER_TIME = -getattr(signal, "SIGPROF", 0)
"""The return code of a process that was ended for the time of a job."""


def write_message(stream: IO[bytes], head: Mapping[str, Any], data: bytes = b"") -> None:
    """Write one message and flush."""
    text = json.dumps(head).encode()
    stream.write(_FRAME.pack(len(text), len(data)) + text)
    stream.write(data)
    stream.flush()


def read_message(stream: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """Return the next message; raise EOFError if the other process has ended."""
    text_bytes, data_bytes = _FRAME.unpack(_read(stream, _FRAME.size))
    return json.loads(_read(stream, text_bytes)), _read(stream, data_bytes)


def _read(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def main() -> None:
    """Work until the parent closes standard input."""
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its processes
    jobs, results = sys.stdin.buffer, sys.stdout.buffer
    from . import reading, rendering  # noqa: F401 (loaded before the first job, whose time is limited)

    while True:
        try:
            head, data = read_message(jobs)
        except EOFError:
            return
        limit(head["seconds"], _BASE_BYTES + _BYTES_PER_PIXEL * head["pixels"] + _BYTES_PER_BYTE * len(data))
        try:
            answer, made = run(head, data)
        except UnreadableImage as problem:
            answer, made = {"problem": str(problem)}, b""
        limit(0)
        write_message(results, answer, made)


def limit(seconds: float, memory: int | None = None) -> None:
    """Bound what this process may use from now on, where the system can; 0 seconds: no limit."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)
    if memory is not None and sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        allowed = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, most))


def run(head: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the result of a job; raise UnreadableImage."""
    from . import reading, rendering

    if head["job"] == "measure":
        return {"size": reading.measure(data, head["pixels"])}, b""
    description = {**head["picture"], "size": tuple(head["picture"]["size"])}
    return {}, rendering.render(Picture(**description, source=data))
