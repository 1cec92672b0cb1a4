"""The access log: one line a request, with the rule of a refusal and the faults that struck."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, TextIO

import msgspec
from click import style

from mock_server.domain.clock import local_time, to_iso
from mock_server.faults.transmission import Transmission

from .context import Visit

AccessLog = Callable[[Visit, Transmission], None]

_COLOURS = {2: "green", 3: "cyan", 4: "yellow"}
_PAUSE_SECONDS = 0.05
_log = logging.getLogger("aiimage_mock.access")


def log_access(visit: Visit, transmission: Transmission) -> None:
    """Log the request by Python's logging, for a program that the mock is embedded in."""
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s", _line(visit, transmission))


def as_text(visit: Visit, transmission: Transmission) -> str:
    """Return the line for people, with the time of day."""
    return f"{local_time(visit.received)} {_line(visit, transmission)}\n"


def in_colours(visit: Visit, transmission: Transmission) -> str:
    """Return the line for people who look at a terminal."""
    status = transmission.status or 0
    shown = style(status or "-", fg=_COLOURS.get(status // 100, "red"))
    head = style(f"{local_time(visit.received)} {visit.id}", dim=True)
    return f"{head}  {_words(visit)} {shown}{style(_reasons(visit), bold=True)}\n"


def as_json(visit: Visit, transmission: Transmission) -> str:
    """Return the line as a JSON object, for programs."""
    fields: dict[str, Any] = {
        "time": to_iso(visit.received, "milliseconds"),
        "level": "info",
        "id": visit.id,
        "method": visit.method,
        "path": visit.path[:200],
        "status": transmission.status,
        "rule": visit.reply.rule if visit.reply else None,
        "faults": [fault.name for fault, _ in visit.faults],
    }
    line = msgspec.json.encode(fields).decode()
    return (line if line.isascii() and line.isprintable() else json.dumps(fields)) + "\n"


class AccessLines:
    """Writes a line a request, those of a twentieth of a second at once: each alone would cost too much."""

    def __init__(self, stream: TextIO, form: Callable[[Visit, Transmission], str]) -> None:
        self._stream = stream
        self._form = form
        self._lines: list[str] = []

    def __call__(self, visit: Visit, transmission: Transmission) -> None:
        if not self._lines:
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.flush)
        self._lines.append(self._form(visit, transmission))

    def flush(self) -> None:
        """Write what there is to write."""
        text, self._lines = "".join(self._lines), []
        with suppress(OSError):  # nobody reads it any more, or the disk is full: that stops no server
            self._stream.write(text)
            self._stream.flush()


def _line(visit: Visit, transmission: Transmission) -> str:
    return f"{visit.id}  {_words(visit)} {transmission.status or '-'}{_reasons(visit)}"


def _words(visit: Visit) -> str:
    """Return the method and the path, cut."""
    return _escaped(f"{visit.method} {visit.path[:200]}")


@lru_cache(maxsize=1_000)
def _escaped(words: str) -> str:
    """Return a client's words so that they fit into a line."""
    if not (words.isascii() and words.isprintable()) or "\\" in words:
        words = words.encode("unicode_escape").decode()
    return words


def _reasons(visit: Visit) -> str:
    """Return the rule of a refusal and the faults that struck, each after a space."""
    reasons = f" {visit.reply.rule}" if visit.reply and visit.reply.rule else ""
    for fault, _ in visit.faults:
        reasons += f" fault:{fault.name}"
    return reasons
