"""Processes that decode uploads, so that none can take the mock's time or memory. Each does one job at a time."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from .picture import Picture, UnreadableImage
from .worker import OVER_TIME, read_message, write_message

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_IDLE = 4
# Seconds that pass for each of the processor's, at most: other processes may need it too.
_PATIENCE = 20
_START_SECONDS = 30
_RENDER_TIMES = 5  # scaling and writing a picture take longer than reading its source
_PROGRAM = "import sys; sys.path[:] = {path!r}; from mock_server.pictures.worker import main; main()"


def measure(data: bytes, max_pixels: int, max_seconds: float) -> tuple[int, int]:
    """Return width and height of an uploaded image; raise UnreadableImage, also if it takes `max_seconds`."""
    width, height = _done({"job": "measure", "pixels": max_pixels, "seconds": max_seconds}, data)[0]["size"]
    return width, height


def render(picture: Picture, max_pixels: int, max_seconds: float) -> bytes:
    """Return the PNG of a picture with a source that `measure` accepts in `max_seconds`; raise UnreadableImage."""
    description = {each.name: getattr(picture, each.name) for each in fields(Picture) if each.name != "source"}
    head = {"job": "render", "pixels": max_pixels, "seconds": max_seconds * _RENDER_TIMES, "picture": description}
    return _done(head, picture.source or b"")[1]


def _done(head: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    process = _checked_out()
    try:
        answer, made = process.done(head, data)
    except BaseException:
        process.end()
        raise
    _check_in(process)
    if "problem" in answer:
        raise UnreadableImage(answer["problem"])
    return answer, made


class _Process:
    """A process that decodes."""

    def __init__(self) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 (a program of this module)
            (sys.executable, "-I", "-c", _PROGRAM.format(path=sys.path)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def done(self, head: Mapping[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
        """Return the result of a job; raise UnreadableImage if the process ends before it has one."""
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        # For a process that makes no progress at all: the limit on its own time is in the process.
        timer = threading.Timer(_START_SECONDS + _PATIENCE * head["seconds"], self._popen.kill)
        timer.daemon = True
        timer.start()
        try:
            write_message(self._popen.stdin, head, data)
            return read_message(self._popen.stdout)
        except (EOFError, OSError) as error:
            if self._popen.wait() == OVER_TIME:
                raise UnreadableImage(f"the image takes more than {head['seconds']} seconds to decode") from error
            raise UnreadableImage("the image cannot be decoded within the limits on time and memory") from error
        finally:
            timer.cancel()

    @property
    def runs(self) -> bool:
        """Whether the process can do a job."""
        return self._popen.poll() is None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._popen.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            assert stream is not None
            with suppress(OSError):  # what was not sent yet
                stream.close()


_idle: deque[_Process] = deque()


def _checked_out() -> _Process:
    with suppress(IndexError):
        while True:
            process = _idle.pop()
            if process.runs:
                return process
            process.end()
    return _Process()


def _check_in(process: _Process) -> None:
    if len(_idle) < _MAX_IDLE:
        _idle.append(process)
    else:
        process.end()


@atexit.register
def end_idle() -> int:
    """End the processes without a job, and return how many there were."""
    ended = 0
    with suppress(IndexError):
        while True:
            _idle.pop().end()
            ended += 1
    return ended


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # they work for the parent
