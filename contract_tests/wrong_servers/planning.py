"""The trials of a selftest: which servers, in which modes, with which seeds, and the order in which they start."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from contract_tests.wrong_servers.catalogue import BOTH, Entry, Mode
from contract_tests.wrong_servers.serving import entries
from contract_tests.wrong_servers.state import ROLES

MODES: dict[str, tuple[Mode, ...]] = {
    "black-box": ("black-box",),
    "control": ("control",),
    "both": BOTH,
}
KINDS = frozenset({"conforming", "wrong", "assumed", "null", "broken"})
FIRST_SEED = 1
# In black-box mode their checks wait for locks to expire.
_SLOW_RULES = frozenset({"LOCK-10S", "LOCK-RELEASE"})


Until = Literal["complete", "proven", "caught"]


@dataclass(frozen=True)
class Job:
    """A planned trial of one server, with or without the control API, its seed, and the accounts that the suite gets.

    only: the rules to check. until: when the trial may end, once the server is caught: never before all tests have run,
    once those are left that are proven by others, or at once.
    """

    name: str
    mode: Mode
    seed: int
    only: tuple[str, ...] = ()
    roles: tuple[str, ...] = ROLES
    until: Until = "complete"


def jobs_for(chosen: Iterable[Entry], modes: tuple[Mode, ...], seeds: int, *, whole: bool = False) -> Iterator[Job]:
    """Yield all seeds for a conforming server and one for any other, in the modes that show its deviation.

    whole: whether a wrong server, too, is examined by all checks, not by those of the rules that it breaks.
    """
    for entry in chosen:
        only = () if whole or entry.kind not in {"wrong", "assumed"} else entry.rules
        for mode in (mode for mode in modes if mode in entry.modes):
            for seed in range(FIRST_SEED, FIRST_SEED + (seeds if entry.kind == "conforming" else 1)):
                yield Job(entry.name, mode, seed, only, until="proven" if only else "complete")


def in_order(planned: Iterable[Job]) -> list[Job]:
    """Return the trials as they start: first those that wait for locks to expire, so that none runs alone at the end.

    The others are shuffled, the same each time: the sooner every kind of server has run, the sooner all is proven.
    """
    shuffled = sorted(planned, key=lambda job: job.name)
    random.Random(FIRST_SEED).shuffle(shuffled)
    return sorted(shuffled, key=lambda job: bool(job.only) and not _SLOW_RULES & set(job.only))


def chosen(words: Iterable[str]) -> list[Entry]:
    """Return the servers of these names, kinds and rules, all without any word; raise LookupError for another word."""
    wanted = set(words)
    known = {entry.name for entry in entries()} | {rule for entry in entries() for rule in entry.rules} | KINDS
    if unknown := sorted(wanted - known):
        raise LookupError(", ".join(unknown))
    return [entry for entry in entries() if not wanted or {entry.name, entry.kind, *entry.rules} & wanted]
