"""Evidence: the requests of a client that decide about one rule."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from mock_server.domain.entry import Entry
from mock_server.domain.refusals import REFUSALS
from mock_server.faults import FAULTS

GENERATE = "generateImage"
CHECK = "checkAvailability"
RECENT = "getRecentImages"
_UNREADABLE = frozenset(name for name, kind in FAULTS.items() if kind.unreadable)

Key = tuple[str | None, str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """The ids of requests that break a rule together, oldest first. event: what happened, in one sentence."""

    requests: tuple[str, ...]
    event: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """met: ids of the requests in which a rule applied; broken: each time that the client broke it."""

    met: tuple[str, ...]
    broken: tuple[Occurrence, ...]


def key(entry: Entry) -> Key:
    """Return a value that is equal for equal requests: operation and fields, or the problems if there are no fields."""
    try:
        # With the lengths of texts that the journal cut: two that begin alike may differ behind the cut.
        fields = json.dumps([entry.fields, entry.cut], sort_keys=True, default=str)
    except (RecursionError, ValueError):
        fields = entry.id  # fields that are nested too deeply to compare equal no others
    return entry.operation, fields, () if entry.fields else tuple(each.message for each in entry.problems)


def answered(entry: Entry, *statuses: int) -> bool:
    """Return whether the client got one of these statuses, with the whole reply."""
    return entry.complete and entry.status in statuses


def refused(entry: Entry, *codes: str) -> bool:
    """Return whether the client got the whole refusal of one of these codes; by its status where a fault replied."""
    if entry.code is None:
        return answered(entry, *(REFUSALS[code].status for code in codes))
    return entry.complete and entry.code in codes


def unknown(entry: Entry) -> bool:
    """Return whether the client could not know the outcome: no or half a reply, a 5xx, or an unreadable 200."""
    if entry.status is None or not entry.complete or entry.status >= 500:
        return True
    return entry.status == 200 and not _UNREADABLE.isdisjoint(entry.faults)


def ids(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the ids of the entries."""
    return tuple(entry.id for entry in entries)


def times(number: int) -> str:
    """Return "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")
