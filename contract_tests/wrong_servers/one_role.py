"""How much a single account can show: the wrong servers against a target that names only `primary`."""

from collections.abc import Iterable, Iterator

from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.drawn.trials import ONE_ROLE
from contract_tests.wrong_servers.expected import unexpected
from contract_tests.wrong_servers.planning import FIRST_SEED, Job
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.trial import Trial


def jobs(chosen: Iterable[Entry]) -> list[Job]:
    """Return the trials with one account; under control, the suite opens the others itself."""
    wrong = [entry for entry in chosen if entry.kind == "wrong" and "black-box" in entry.modes]
    return [Job(each.name, "black-box", FIRST_SEED, each.rules, ONE_ROLE, "caught") for each in wrong]


def repeated(trials: Iterable[Trial]) -> list[Job]:
    """Return trials with all accounts for the servers that one did not show."""
    return [Job(each.name, "black-box", FIRST_SEED, find(each.name).rules) for each in trials if survived(each)]


def survived(trial: Trial) -> bool:
    return unexpected(find(trial.name), trial) is not None


def needed(trial: Trial) -> list[tuple[str, ...]]:
    """Return the accounts of each test that caught the server, in a trial with all of them."""
    rules = find(trial.name).rules
    return sorted({each.roles for each in trial.decided if not each.passed and each.rule in rules})


def missed(full: Iterable[Trial]) -> list[Trial]:
    """Return the trials in which a test caught the server that needs no other account."""
    return [trial for trial in full if ONE_ROLE in needed(trial)]


def lines(alone: list[Trial], full: list[Trial]) -> Iterator[str]:
    """Yield by rule which wrong servers one account shows, and what the others need."""
    yield "\nOne account shows:"
    shown: dict[str, list[str]] = {}
    for trial in alone:
        if not survived(trial):
            shown.setdefault(find(trial.name).rules[0], []).append(trial.name)
    for rule, names in sorted(shown.items()):
        yield f"  {rule} ({len(names)}): {', '.join(sorted(names))}"
    yield "\nOthers need more:"
    for trial in sorted(full, key=lambda trial: (find(trial.name).rules, trial.name)):
        ways = " or ".join(" and ".join(role for role in roles if role != "primary") for roles in needed(trial))
        yield f"  {find(trial.name).rules[0]}: {trial.name}: {ways or 'not caught with all accounts'}"
    caught = sum(map(len, shown.values()))
    yield f"\nOf {len(alone)} wrong servers, one account shows {caught}."
    for trial in missed(full):
        yield f"  MISSED {trial.name}: a test that needs no other account catches it"
