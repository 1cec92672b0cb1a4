"""The plan of a run: its tests in order, what they cost at worst, and why others are skipped."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from contract_tests.checks.decisions import Decides, Profile
from contract_tests.oracle.facts import counted
from contract_tests.oracle.resources import Rule
from contract_tests.runner.target import Target
from contract_tests.runner.ways import Way, alternatives, ways

PHASES = ("free checks", "paid checks", "properties", "sequences", "histories")
_PHASE_OF = {"test_properties": "properties", "test_sequences": "sequences", "test_histories": "histories"}


def in_words(name: str) -> str:
    """Return the name of a test for readers: `test_lock.py::test_it_is_free[hd]` is "lock: it is free (hd)"."""
    file, _, function = name.partition("::")
    function, _, case = function.partition("[")
    words = [each.removeprefix("test_").replace("_", " ") for each in (file.removesuffix(".py"), function) if each]
    return ": ".join(words) + (f" ({case.removesuffix(']')})" if case else "")


@dataclass(frozen=True)
class Entry:
    """A test with its worst-case cost; `reason` says why it is skipped, if it is, and `ways` what would include it."""

    name: str
    decides: Decides
    cost: int
    reason: str | None = None
    ways: tuple[Way, ...] = ()

    @property
    def phase(self) -> str:
        """One of PHASES: free checks first, then paid ones, generated requests, sequences and bursts."""
        # Whatever its module is: all that costs nothing comes first.
        if self.cost == 0:
            return "free checks"
        return _PHASE_OF.get(self.name.partition(".")[0], "paid checks")


@dataclass(frozen=True)
class Plan:
    entries: tuple[Entry, ...]
    rules: Mapping[str, Rule]
    cap: int

    @property
    def selected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.reason is None]

    @property
    def skipped(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.reason is not None]

    @property
    def credits(self) -> int:
        return sum(entry.cost for entry in self.selected)

    @property
    def seconds(self) -> float:
        return sum(entry.decides.seconds for entry in self.selected)

    def beyond_cap(self) -> list[Entry]:
        """Return the tests that do not fit the cap if every test before them costs its worst case."""
        total, beyond = 0, []
        for entry in self.selected:
            if entry.cost and total + entry.cost > self.cap:
                beyond.append(entry)
            else:
                total += entry.cost
        return beyond

    def undecided(self) -> dict[str, str]:
        """Return every rule that no selected test decides, with what would decide it."""
        covered = {rule for entry in self.selected for rule in entry.decides.rules}
        return {rule: self.needed(rule) or "no test decides it" for rule in self.rules if rule not in covered}

    def needed(self, rule: str) -> str | None:
        """Return what would let the skipped tests decide a rule, None if no test that decides it was skipped."""
        found = [way for entry in self.skipped if rule in entry.decides.rules for way in entry.ways]
        return f"it needs {alternatives(found)}" if found else None


def make_plan(
    tests: Iterable[tuple[str, Decides]], target: Target, profile: Profile, rules: Mapping[str, Rule], cap: int
) -> Plan:
    """Return the plan: phase by phase, the cheapest test first in each. rules: those that the run asks for."""
    entries = [
        _entry(name, decides, target, profile)
        for name, decides in _for(target, list(tests))
        if rules.keys() & set(decides.rules)
    ]
    return Plan(tuple(sorted(entries, key=_sort_key)), rules, cap)


def _entry(name: str, decides: Decides, target: Target, profile: Profile) -> Entry:
    reason = _reason(decides, target, profile)
    return Entry(name, decides, decides.cost(target), reason, tuple(ways(decides, target, profile)) if reason else ())


def _for(target: Target, tests: list[tuple[str, Decides]]) -> Iterator[tuple[str, Decides]]:
    """Yield the tests for this kind of target, and others that alone decide a rule, to report what they need."""
    decided = {rule for _, decides in tests if decides.fits(target) for rule in decides.rules}
    for name, decides in tests:
        if decides.fits(target) or set(decides.rules) - decided:
            yield name, decides


def _sort_key(entry: Entry) -> tuple[int, bool, bool, int, int]:
    decides = entry.decides
    # Images that every service charges for come before requests that only a wrong one does: a low cap allows both.
    pays = decides.quick and decides.free_with_role is None
    return PHASES.index(entry.phase), not decides.first, not pays, entry.cost, -len(decides.rules)


def _reason(decides: Decides, target: Target, profile: Profile) -> str | None:
    if missing := decides.missing(target):
        return missing
    if decides.in_profile(profile, target):
        return None
    return f"it may cost {counted(decides.cost(target), 'credit')}, more than the profile {profile} allows"
