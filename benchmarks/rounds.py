"""Rounds: every contender once. Each round begins with a different one.

Contenders are started and stopped in turns, so only one runs at a time: even an idle server, a JVM above all, takes
CPU time and cache memory.
"""

import http.client
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from . import wrk
from .book import Book, Painting, Sample
from .client import UnexpectedError
from .contenders import Contender
from .cores import Cores
from .figures import rotated
from .rows import ORDER, Row
from .serving import Server, ServingError, serving

PICTURES = 20
PAINTING = "first-fetch"
_PAINTING_TITLE = "GET a picture, first time"
_SETTLE_SECONDS = 0.5
_MAX_WARMUP_SECONDS = 60

Say = Callable[[str], None]


_PROBLEMS = (UnexpectedError, wrk.LoadError, OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Plan:
    """The extent of the measurement. pictures: whether rendering pictures is measured too."""

    rounds: int
    seconds: int
    rows: Sequence[Row]
    pictures: bool = False


def run(plan: Plan, contenders: Sequence[Contender], cores: Cores, book: Book, say: Say) -> None:
    """Measure all contenders in all rounds."""
    for number in range(plan.rounds):
        for contender in rotated(contenders, number):
            if contender.name not in book.absent:
                say(f"round {number + 1} of {plan.rounds}: {contender.name}")
                _turn(number, contender, plan, cores, book, say)


def _turn(number: int, contender: Contender, plan: Plan, cores: Cores, book: Book, say: Say) -> None:
    try:
        with serving(contender, cores) as server:
            time.sleep(_SETTLE_SECONDS)
            before = server.memory()
            for row in plan.rows:
                _row(number, row, server, plan, book, say)
            if plan.pictures and contender.paints:
                _pictures(server, book, say)
            book.remember(contender.name, before, server.memory())
    except ServingError as error:
        _drop(contender, str(error), book, say)


def _drop(contender: Contender, reason: str, book: Book, say: Say) -> None:
    """Continue without a contender. It is a failure if one of ours could have been started."""
    book.absent[contender.name] = reason
    say(f"  left out: {reason}")
    if contender.ours and not contender.lacks:
        book.failures.append(f"{contender.name}: {reason}")


def _row(number: int, row: Row, server: Server, plan: Plan, book: Book, say: Say) -> None:
    name = server.contender.name
    if book.rejected(row.name, name):
        return
    try:
        sample = _sample(number, row, server, plan.seconds)
    except _PROBLEMS as error:
        _reject(row.name, row.title, server, error, book, say)
        return
    book.note(row.name, name, sample)
    rates = f"{sample.per_second:>9,.0f}/s {sample.per_cpu_second:>9,.0f}/CPU s"
    say(f"  {row.title:<44} {rates}  server {sample.server:.0%} wrk {sample.load:.0%}")


def _pictures(server: Server, book: Book, say: Say) -> None:
    name = server.contender.name
    try:
        painting = _painting(server)
    except _PROBLEMS as error:
        _reject(PAINTING, _PAINTING_TITLE, server, error, book, say)
        return
    book.paintings.setdefault(name, []).append(painting)
    say(f"  {_PAINTING_TITLE:<44} {painting.cpu:>9.1f} CPU ms")


def _reject(row: str, title: str, server: Server, error: Exception, book: Book, say: Say) -> None:
    """Record that a row has no figure. If the server is ours, that is a failure."""
    contender, reason = server.contender, str(error) or type(error).__name__
    book.reject(row, contender.name, reason)
    say(f"  {title:<44} NO FIGURE: {reason}")
    if contender.ours:
        book.failures.append(f"{contender.name}, {title}: {reason}")


def _sample(number: int, row: Row, server: Server, seconds: int) -> Sample:
    """Warm up a server and measure it; raise UnexpectedError or LoadError."""
    path, expected = _target(row, server)
    asked = _warm_up(row, server, path, expected)
    before = server.cpu_seconds()
    load = _loaded(row, server, path, expected, seconds, asked)
    spent = server.cpu_seconds() - before
    if spent <= 0:
        raise UnexpectedError("the server's CPU time did not grow: it is not the process that answers")
    return Sample(number, load.per_second, load.requests / spent, spent / load.seconds, load.busy)


def _target(row: Row, server: Server) -> tuple[str, int]:
    """Return the path and the status of a row, confirmed by one call; raise UnexpectedError."""
    contender = server.contender
    expected = contender.refused if row.refused else 200
    path = (row.refused and contender.refusing) or contender.prefix + row.path
    with server.client() as client:
        path = row.prepare(client) or path
        status, _ = client.call(row.method, path, row.order)
    if status != expected:
        raise UnexpectedError(f"answers {status} instead of {expected}")
    return path, expected


def _warm_up(row: Row, server: Server, path: str, expected: int) -> int:
    """Load the server for its warm-up time, and until each world was used; return the number of requests."""
    asked = 0
    for second in range(_MAX_WARMUP_SECONDS):
        if second >= server.contender.warmup and asked >= row.worlds:
            break
        asked += _loaded(row, server, path, expected, 1, asked).requests
    else:
        raise UnexpectedError(f"{row.worlds:,} worlds were not used within {_MAX_WARMUP_SECONDS} s")
    return asked


def _loaded(row: Row, server: Server, path: str, expected: int, seconds: int, first: int) -> wrk.Load:
    url = f"http://127.0.0.1:{server.port}{path}"
    load = wrk.run(wrk.command(url, seconds, row.method, row.body, row.worlds, first), seconds)
    if trouble := wrk.trouble(load, expected):
        raise UnexpectedError(trouble)
    return load


def _painting(server: Server) -> Painting:
    """Fetch new pictures, one after the other; raise UnexpectedError."""
    with server.client() as client:
        paths = [client.generate({**ORDER, "description": f"Picture {number}"}) for number in range(PICTURES)]
        cpu, began = server.cpu_seconds(), time.monotonic()
        statuses = {client.call("GET", path)[0] for path in paths}
        wall, spent = time.monotonic() - began, server.cpu_seconds() - cpu
    if statuses != {200}:
        raise UnexpectedError(f"new pictures are answered with {statuses}")
    return Painting(spent * 1000 / PICTURES, wall * 1000 / PICTURES)
