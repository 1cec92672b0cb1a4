"""Generated servers under test: a sample or all of them, the kill rate of each rule, and why others survived."""

import random
from collections import Counter
from collections.abc import Iterator

from contract_tests.wrong_servers.catalogue import BOTH, Entry, Mode
from contract_tests.wrong_servers.expected import unexpected
from contract_tests.wrong_servers.generated.mutants import all_mutants, mutants
from contract_tests.wrong_servers.planning import Job
from contract_tests.wrong_servers.trial import Trial

_WIDTH = 200


def sample(number: int | None, seed: int, rules: set[str]) -> list[Entry]:
    """Draw that many generated servers that break one of these rules, or any; without a number, return all of them."""
    found = [entry for entry in mutants().values() if not rules or rules & set(entry.rules)]
    if number is None or number >= len(found):
        return found
    return random.Random(seed).sample(found, number)


def jobs(drawn: list[Entry], modes: tuple[Mode, ...], seed: int, *, whole: bool) -> list[Job]:
    return [
        Job(entry.name, mode, seed, () if whole else entry.rules, until="caught")
        for entry in drawn
        for mode in modes
        if mode in entry.modes
    ]


def survived(trial: Trial) -> bool:
    return unexpected(mutants()[trial.name], trial) is not None


def missed(trials: list[Trial]) -> list[Trial]:
    """Return the trials in which the rule passed although the server broke it."""
    return [trial for trial in trials if survived(trial) and _passed(trial)]


def _passed(trial: Trial) -> bool:
    """Return whether the server answered otherwise than a conforming one, and a rule that it breaks passed."""
    passed = {each.rule for each in trial.decided if each.passed} - set(trial.violated)
    return bool(trial.reached) and bool(passed & set(mutants()[trial.name].rules))


def reason(trial: Trial) -> str:
    """Return why a generated server was not caught by the rule that it breaks."""
    if not trial.reached:
        return "the checks of the rule never reach the changed decision"
    if _passed(trial):
        return "MISSED: the rule passed"
    rules = mutants()[trial.name].rules
    found = [f"{rule} {trial.reasons[rule]}" for rule in rules if rule in trial.reasons]
    return "; ".join(found)[:_WIDTH] or "not decided"


def report(trials: list[Trial]) -> Iterator[str]:
    """Yield the kill rate by rule and mode, then the survivors by reason, and what was left out as harmless."""
    yield f"\n{'rule':12} " + " ".join(f"{mode:>24}" for mode in BOTH)
    rules = sorted({rule for trial in trials for rule in mutants()[trial.name].rules[:1]})
    for rule in rules:
        yield f"{rule:12} " + " ".join(f"{_rate(rule, mode, trials):>24}" for mode in BOTH)
    yield f"{'all':12} " + " ".join(f"{_rate('', mode, trials):>24}" for mode in BOTH)
    yield "\nNot caught:"
    lines = sorted((reason(each), each.mode, each.name) for each in trials if survived(each))
    for why, mode, name in lines:
        yield f"  {name} ({mode}): {why}"
    yield "\nNot run, since they break nothing documented:"
    for why, number in Counter(each.harmless for each in all_mutants() if each.harmless).most_common():
        yield f"  {number}: {why}"


def _rate(rule: str, mode: Mode, trials: list[Trial]) -> str:
    """Return how many were caught of those that a request reached, and of all."""
    mine = [each for each in trials if each.mode == mode and rule in {"", mutants()[each.name].rules[0]}]
    if not mine:
        return "-"
    reached = [each for each in mine if each.reached]
    caught = sum(not survived(each) for each in reached)
    share = f" {100 * caught / len(reached):.0f} %" if reached else ""
    return f"{caught} of {len(reached)}{share}, {len(mine) - len(reached)} unmet"
