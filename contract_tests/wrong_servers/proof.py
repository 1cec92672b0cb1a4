"""The proof of the suite: each decision that passes a documented rule was seen to fail a wrong server of that rule."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.catalogue import Mode
from contract_tests.wrong_servers.planning import Job
from contract_tests.wrong_servers.serving import entries, find
from contract_tests.wrong_servers.trial import Trial


@dataclass(frozen=True, order=True)
class Check:
    """A test that decides a rule in a mode."""

    rule: str
    test: str
    mode: Mode


def passing(trials: Iterable[Trial]) -> set[Check]:
    """Return the checks by which a documented rule passed."""
    rules = load_rules()
    return {
        Check(each.rule, each.test, trial.mode)
        for trial in trials
        for each in trial.decided
        if each.passed and rules[each.rule].documented
    }


def shown(trials: Iterable[Trial]) -> dict[Check, list[str]]:
    """Return the checks that failed a wrong server of their rule, each with these servers."""
    found: dict[Check, list[str]] = {}
    for trial in trials:
        entry = find(trial.name)
        for each in trial.decided:
            if not each.passed and entry.kind == "wrong" and each.rule in entry.rules:
                found.setdefault(Check(each.rule, each.test, trial.mode), []).append(trial.name)
    return found


def covered(planned: Iterable[Job]) -> set[tuple[str, Mode]]:
    """Return the documented rules whose wrong servers are all planned, in each mode."""
    names = {(job.name, job.mode) for job in planned}
    needed: dict[tuple[str, Mode], set[tuple[str, Mode]]] = {}
    for entry in entries():
        if entry.kind == "wrong":
            for rule in entry.rules:
                for mode in entry.modes:
                    needed.setdefault((rule, mode), set()).add((entry.name, mode))
    return {place for place, wanted in needed.items() if wanted <= names}


def unproven(planned: Iterable[Job], trials: list[Trial]) -> list[Check]:
    """Return the checks that passed a rule and never failed a wrong server of it, although all of these were tried."""
    places = covered(planned)
    missing = passing(trials) - shown(trials).keys()
    return sorted(check for check in missing if (check.rule, check.mode) in places)


def lines(planned: Iterable[Job], trials: list[Trial]) -> Iterator[str]:
    """Yield how many checks are proven, and those that are not."""
    places = covered(planned)
    checks = sorted(check for check in passing(trials) if (check.rule, check.mode) in places)
    if not checks:
        return
    missing = unproven(planned, trials)
    yield (
        f"Proof: {len(checks) - len(missing)} of {len(checks)} checks that pass a documented rule were seen to fail "
        "a wrong server of it in the same mode."
    )
    for check in missing:
        yield f"  {check.rule} never failed a wrong server by {check.test} ({check.mode})"
