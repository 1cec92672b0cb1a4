"""A complete run: all contenders, all rows, the other measurements, and the report."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from . import anatomy, cold, cores, in_process, machine, report, rounds, trips, wrk
from .book import Book
from .contenders import Contender, baselines, contenders, mock, mock_on_valkey
from .peers import contenders as peers
from .peers import packages
from .rows import PEER_ROWS, ROWS, Row

T = TypeVar("T")

IN_PROCESS, TRIPS, ANATOMY = "in-process", "round-trips", "anatomy"
_WINDOWS = 60


@dataclass(frozen=True)
class Kind:
    """The measurements of a command. section: its part of the report; extras: measurements beside the rows."""

    section: str
    title: str
    rows: Sequence[Row]
    extras: Sequence[str]
    contenders: Callable[[], list[Contender]]
    versions: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True)
class Options:
    """The flags of a command. only, rows: names, empty for all; into: the folder for the report."""

    rounds: int
    seconds: int
    starts: int
    only: Sequence[str] = ()
    rows: Sequence[str] = ()
    into: Path | None = None

    @property
    def folder(self) -> Path | None:
        """The folder for the report; None for a partial run without a folder."""
        whole = not self.only and not self.rows
        return self.into or (Path(__file__).parent if whole else None)


class UnknownNameError(Exception):
    """A contender or row has an unknown name."""


def _mock_and_peers() -> list[Contender]:
    packages.install()
    return [baselines()[0], mock(), *peers.peers()]


OURS = Kind(
    "bench",
    "The mock beside programs that do less",
    ROWS,
    (rounds.PAINTING, cold.NAME, IN_PROCESS, TRIPS, ANATOMY),
    contenders,
)
PEERS = Kind(
    "peers",
    "The mock beside other mock servers",
    PEER_ROWS,
    (cold.NAME,),
    _mock_and_peers,
    peers.versions,
)


def run(kind: Kind, asked: Options, say: Callable[[str], None]) -> Book:
    """Measure, and write the report or print it; raise UnknownNameError or MissingWrkError."""
    wrk.ensure()
    chosen = _chosen(asked.only, {each.name: each for each in kind.contenders()})
    rows = {row.name: row for row in kind.rows}
    what = _chosen(asked.rows, {name: name for name in (*rows, *kind.extras)})
    book = Book({each.name: each.about for each in chosen}, {name: rows[name].title for name in what if name in rows})
    plan = rounds.Plan(asked.rounds, asked.seconds, [rows[name] for name in book.rows], rounds.PAINTING in what)
    facts = _measured(kind, plan, asked.starts, chosen, what, book, say)
    content = report.section(kind.title, facts, book)
    if asked.folder:
        report.write(asked.folder, kind.section, content, facts, book)
    say(f"\nWritten to {asked.folder / 'RESULTS.md'}" if asked.folder else f"\n{content}")
    return book


def _measured(
    kind: Kind,
    plan: rounds.Plan,
    starts: int,
    chosen: Sequence[Contender],
    what: Sequence[str],
    book: Book,
    say: Callable[[str], None],
) -> dict[str, str]:
    """Fill the book; return the facts about the machine and the programs."""
    shared = cores.ours()
    facts = {**machine.described(shared), **kind.versions(), "measured": _extent(plan, starts)}
    say(str(shared))
    os.sched_setaffinity(0, shared.load)
    if plan.rows or plan.pictures:
        rounds.run(plan, chosen, shared, book, say)
    if cold.NAME in what:
        cold.run(chosen, shared, starts, book, say)
    if IN_PROCESS in what:
        in_process.run(shared, starts, book, say)
    if TRIPS in what:
        trips.run(mock_on_valkey(), shared, book, say)
    if ANATOMY in what:
        book.anatomy.update(anatomy.measure(_WINDOWS, say))
    return facts


def _extent(plan: rounds.Plan, starts: int) -> str:
    return (
        f"{plan.rounds} rounds of {plan.seconds} s a row, {wrk.CONNECTIONS} connections; "
        f"{starts} starts; {rounds.PICTURES} pictures a round"
    )


def _chosen(names: Sequence[str], known: Mapping[str, T]) -> list[T]:
    """Return the values of these names, or all if no name is given; raise UnknownNameError."""
    if unknown := [name for name in names if name not in known]:
        raise UnknownNameError(f"Unknown name {unknown[0]}. Valid names: {', '.join(known)}.")
    return [thing for name, thing in known.items() if not names or name in names]
