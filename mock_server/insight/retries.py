"""Client rules about the reaction to a refusal: waiting, and changing the request before it is sent again."""

from collections.abc import Sequence

from mock_server.domain.clock import SECOND
from mock_server.domain.entry import Entry

from .evidence import CHECK, GENERATE, Evidence, Key, Occurrence, answered, ids, key, refused, times

_MIN_HAMMERING_CALLS = 3


def hammered_lock(entries: Sequence[Entry]) -> Evidence:
    """Return the runs of three or more 409, each less than 1 s after the previous one. [CLIENT-LOCK-HAMMER]"""
    runs: list[list[Entry]] = []
    last: Entry | None = None
    for entry in (each for each in entries if each.operation in (GENERATE, CHECK)):
        locked = refused(entry, "busy", "locked")
        # Negative where the clock of the world was set back.
        if locked and last and 0 <= entry.at - last.at < SECOND:
            runs[-1].append(entry)
        elif locked:
            runs.append([entry])
        last = entry if locked else None
    hammered = [run for run in runs if len(run) >= _MIN_HAMMERING_CALLS]
    return Evidence(ids(each for run in runs for each in run), tuple(map(_hammering, hammered)))


def _hammering(run: Sequence[Entry]) -> Occurrence:
    took = (run[-1].at - run[0].at) / SECOND
    return Occurrence(ids(run), f"{len(run)} calls in a row were answered with 409 within {took:g} s.")


def retried_without_credits(entries: Sequence[Entry]) -> Evidence:
    """Return the calls repeated after a 419 with the same credits left. [CLIENT-RETRY-419]"""
    return _repeated(entries, ("no-credits",), "credits")


def retried_over_limit(entries: Sequence[Entry]) -> Evidence:
    """Return the calls repeated after a 429 before the day ended. [CLIENT-RETRY-429]"""
    return _repeated(entries, ("daily-limit",), "daily_limit")


def repeated_invalid(entries: Sequence[Entry]) -> Evidence:
    """Return the calls repeated after their parameters were refused. [CLIENT-SAME-422]"""
    return _repeated(entries, ("invalid", "missing-source"))


def _repeated(entries: Sequence[Entry], codes: tuple[str, ...], circumstance: str = "") -> Evidence:
    """Return the calls repeated and refused again. codes: of the refusal; circumstance: name of an unchanged state."""
    met: list[Entry] = []
    chains: list[list[Entry]] = []
    latest: dict[Key, list[Entry]] = {}
    for entry in (each for each in entries if each.operation == GENERATE):
        same = key(entry)
        if answered(entry, 200):
            latest.pop(same, None)
        elif refused(entry, *codes):
            met.append(entry)
            if same in latest and _is_pointless(latest[same][-1], entry, circumstance):
                latest[same].append(entry)
            else:
                latest[same] = [entry]
                chains.append(latest[same])
    return Evidence(ids(met), tuple(_repetition(chain) for chain in chains if len(chain) > 1))


def _is_pointless(first: Entry, second: Entry, circumstance: str) -> bool:
    """Return whether the client knew at the second call that nothing had changed since the first."""
    too_early = first.ends_at is None or second.at < first.ends_at
    unchanged = first.state.get(circumstance) == second.state.get(circumstance)
    return first.ended <= second.at and too_early and unchanged


def _repetition(chain: Sequence[Entry]) -> Occurrence:
    again = times(len(chain) - 1)
    return Occurrence(ids(chain), f"A call was answered with {chain[0].status}, and sent again {again} unchanged.")
