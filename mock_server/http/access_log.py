"""The access log: a line for each request, with the rule that refused it and the faults that applied."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, TextIO

import msgspec
from click import style

from mock_server.domain.clock import Clock, local_time, to_iso
from mock_server.faults.transmission import Transmission
from mock_server.service.counts import RequestCounts

from .context import RequestContext

AccessLog = Callable[[RequestContext, Transmission], None]

_COLOURS = {2: "green", 3: "cyan", 4: "yellow"}
_FLUSH_SECONDS = 0.05
_MAX_PATH_CHARACTERS = 200
_log = logging.getLogger("aiimage_mock.access")


def log_access(context: RequestContext, transmission: Transmission) -> None:
    """Log a request with Python's logging, for a program that embeds the mock."""
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s", _line(context, transmission))


def counting(log: AccessLog, counts: RequestCounts, clock: Clock) -> AccessLog:
    """Return a log that also counts each request."""

    def counted(context: RequestContext, transmission: Transmission) -> None:
        reply = context.reply
        rule, made = (reply.rule, len(reply.made)) if reply else (None, 0)
        counts.add(context.operation, transmission.status, rule, made, clock.now() - context.received)
        log(context, transmission)

    return counted


def as_text(context: RequestContext, transmission: Transmission) -> str:
    """Return the line in plain text, with the time of day."""
    return f"{local_time(context.received)} {_line(context, transmission)}\n"


def as_coloured_text(context: RequestContext, transmission: Transmission) -> str:
    """Return the line in colours, for a terminal."""
    status = transmission.status or 0
    shown = style(status or "-", fg=_COLOURS.get(status // 100, "red"))
    head = style(f"{local_time(context.received)} {context.id}", dim=True)
    return f"{head}  {_request(context.method, context.path)} {shown}{style(_reasons(context), bold=True)}\n"


def as_json(context: RequestContext, transmission: Transmission) -> str:
    """Return the line as a JSON object."""
    fields: dict[str, Any] = {
        "time": to_iso(context.received, "milliseconds"),
        "level": "info",
        "id": context.id,
        "method": context.method,
        "path": context.path[:_MAX_PATH_CHARACTERS],
        "status": transmission.status,
        "rule": context.reply.rule if context.reply else None,
        "faults": [fault.name for fault, _ in context.faults],
    }
    # msgspec is faster, but writes a path as it is: control characters of a client must not get to a terminal.
    line = msgspec.json.encode(fields).decode()
    return (line if line.isascii() and line.isprintable() else json.dumps(fields)) + "\n"


class AccessLines:
    """Writes the lines of a twentieth of a second at once."""

    def __init__(self, stream: TextIO, formatter: Callable[[RequestContext, Transmission], str]) -> None:
        self._stream = stream
        self._formatter = formatter
        self._lines: list[str] = []

    def __call__(self, context: RequestContext, transmission: Transmission) -> None:
        # A write for each request would be a system call more.
        if not self._lines:
            asyncio.get_running_loop().call_later(_FLUSH_SECONDS, self.flush)
        self._lines.append(self._formatter(context, transmission))

    def flush(self) -> None:
        """Write the lines that are waiting."""
        text, self._lines = "".join(self._lines), []
        with suppress(OSError):  # a closed pipe or a full disk must not stop the server
            self._stream.write(text)
            self._stream.flush()


def _line(context: RequestContext, transmission: Transmission) -> str:
    request = _request(context.method, context.path)
    return f"{context.id}  {request} {transmission.status or '-'}{_reasons(context)}"


@lru_cache(maxsize=1_000)
def _request(method: str, path: str) -> str:
    """Return the request line in printable ASCII."""
    text = f"{method} {path[:_MAX_PATH_CHARACTERS]}"
    if not (text.isascii() and text.isprintable()) or "\\" in text:
        text = text.encode("unicode_escape").decode()
    return text


def _reasons(context: RequestContext) -> str:
    """Return the rule that refused the request and the faults that applied, each after a space."""
    rule = context.reply.rule if context.reply else None
    reasons = f" {rule}" if rule else ""
    for fault, _ in context.faults:
        reasons += f" fault:{fault.name}"
    return reasons
