"""The results of a selftest as text: a line for each server, then totals and all that is unexpected."""

from collections.abc import Iterator

from contract_tests.wrong_servers.catalogue import BOTH, Entry, Mode
from contract_tests.wrong_servers.expected import summary, unexpected
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.trial import Trial


def progress(trial: Trial, done: int, planned: int) -> str:
    """Return the line of a trial that has just ended."""
    entry = find(trial.name)
    mark = "ok " if unexpected(entry, trial) is None else "NOT"
    result = summary(entry, trial)[:36]
    return f"[{done:3}/{planned}] {mark} {trial.name:33} {trial.mode:9} {result:36} {trial.seconds:4.0f} s"


def matrix(chosen: list[Entry], trials: list[Trial]) -> Iterator[str]:
    """Yield a line for each server: the rule that it breaks, and the result in either mode."""
    yield f"\n{'server':33} {'breaks':10} {'black-box':21} {'with control':21} {'seconds':>9}"
    for entry in chosen:
        cells = [_cell(entry, trials, mode) for mode in BOTH]
        seconds = "+".join(f"{trial.seconds:.0f}" for trial in _of(entry, trials)[:2])
        breaks = entry.rules[0] if entry.rules else entry.kind
        yield f"{entry.name:33} {breaks[:10]:10} {cells[0]:21} {cells[1]:21} {seconds:>9}"


def _cell(entry: Entry, trials: list[Trial], mode: Mode) -> str:
    mine = [trial for trial in _of(entry, trials) if trial.mode == mode]
    worst = next((trial for trial in mine if unexpected(entry, trial)), mine[0] if mine else None)
    return "-" if worst is None else f"{'! ' if unexpected(entry, worst) else ''}{summary(entry, worst)}"[:21]


def _of(entry: Entry, trials: list[Trial]) -> list[Trial]:
    return sorted((each for each in trials if each.name == entry.name), key=lambda each: (each.mode, each.seed))


def totals(trials: list[Trial]) -> Iterator[str]:
    """Yield how many servers were caught by the right rule, by another, by none; then all unexpected results."""
    for mode in BOTH:
        wrong = [each for each in trials if each.mode == mode and find(each.name).kind == "wrong"]
        if wrong:
            caught = [each for each in wrong if unexpected(find(each.name), each) is None]
            other = [each for each in wrong if each not in caught and each.violated]
            yield (
                f"{mode}: Of {len(wrong)} wrong servers, {len(caught)} were caught by the right rule, "
                f"{len(other)} only by another rule, and {len(wrong) - len(caught) - len(other)} survived."
            )
    yield from _by_kind(trials)
    yield from _left_out(trials)
    yield f"{len(trials)} runs, {sum(each.cpu for each in trials):.0f} s of computing."
    if lines := problems(trials):
        yield from ("", f"Unexpected results: {len(lines)}", *lines)
    else:
        yield "All results are as expected."


_EXPECTED = {
    "conforming": "runs against conforming servers had no unexpected finding",
    "assumed": "runs found the assumption that the server does not share",
    "null": "runs against servers that do nothing did not pass",
    "broken": "runs against broken servers did not pass",
}


def _by_kind(trials: list[Trial]) -> Iterator[str]:
    for kind, expected in _EXPECTED.items():
        mine = [each for each in trials if find(each.name).kind == kind]
        sound = sum(unexpected(find(each.name), each) is None for each in mine)
        if mine:
            statuses = ", ".join(str(status) for status in sorted({each.exit_status for each in mine}))
            yield f"{sound} of {len(mine)} {expected} (exit status {statuses})."


def _left_out(trials: list[Trial]) -> Iterator[str]:
    for mode in BOTH:
        names = [each.name for each in trials if mode not in find(each.name).modes]
        if names and any(each.mode == mode for each in trials):
            yield f"{mode}: Not run, since the deviation does not show in this mode: {', '.join(names)}."


def problems(trials: list[Trial]) -> list[str]:
    """Return a line for each unexpected result."""
    found = ((trial, unexpected(find(trial.name), trial)) for trial in trials)
    return [
        f"  {trial.name} ({trial.mode}, seed {trial.seed}): {complaint[:200]}"
        for trial, complaint in found
        if complaint
    ]
