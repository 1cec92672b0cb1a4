"""The command `aiimage-conform selftest`: the suite against wrong servers and conforming ones."""

import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from contract_tests.wrong_servers.catalogue import BOTH, CATALOGUE, Entry, Mode
from contract_tests.wrong_servers.drawn.campaign import examine_all, plan
from contract_tests.wrong_servers.pool import trial_pool
from contract_tests.wrong_servers.serving import entries
from contract_tests.wrong_servers.trial import NotStartedError, Trial, run_trial, summary, unexpected

MODES: dict[str, tuple[Mode, ...]] = {
    "black-box": ("black-box",),
    "control": ("control",),
    "both": BOTH,
}
KINDS = frozenset({"conforming", "wrong", "assumed", "null", "broken"})
FIRST_SEED = 1
_SLOW_RULES = frozenset({"LOCK-10S", "LOCK-RELEASE"})


@dataclass(frozen=True)
class Job:
    """A planned trial of one server, with or without the control API, and its seed. only: the rules to check."""

    name: str
    mode: Mode
    seed: int
    only: tuple[str, ...] = ()


def jobs_for(chosen: Iterable[Entry], modes: tuple[Mode, ...], seeds: int, *, whole: bool = False) -> Iterator[Job]:
    """Yield all seeds for a conforming server and one for any other, in the modes that show its deviation.

    whole: whether a wrong server, too, is examined by all checks, not by those of the rules that it breaks.
    """
    for entry in chosen:
        only = () if whole or entry.kind not in {"wrong", "assumed"} else entry.rules
        for mode in (mode for mode in modes if mode in entry.modes):
            for seed in range(FIRST_SEED, FIRST_SEED + (seeds if entry.kind == "conforming" else 1)):
                yield Job(entry.name, mode, seed, only)


def _slow_first(job: Job) -> bool:
    """Sort trials that wait for locks to expire before all others, so that none runs alone at the end."""
    return bool(job.only) and not _SLOW_RULES & set(job.only)


def _trial(job: Job) -> Trial:
    return run_trial(CATALOGUE[job.name], job.mode, job.seed, job.only)


_EPILOG = """\b
Exit status:
  0  all results are as expected
  1  a wrong server was not caught by the rule it breaks, a conforming one was caught, or an empty one passed
  2  bad usage
  3  it was interrupted

\b
Example:
  aiimage-conform selftest --mode control --only LOCK-ONE,conforming
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--mode",
    type=click.Choice(list(MODES)),
    default="both",
    show_default=True,
    help="Run without the control API, with it, or both.",
)
@click.option(
    "--only",
    metavar="NAME,…",
    show_default="all",
    help="Run only these servers, kinds of servers, or rules that they break.",
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", default=6, show_default=True, help="Number of parallel runs."
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Number of seeds of the suite for each conforming server; its verdicts must not depend on them.",
)
@click.option("--whole", is_flag=True, help="Examine wrong servers by all checks, and drawn ones in all ways.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    show_default="none",
    help="Write all results to this file as JSON.",
)
@click.option(
    "--conforming",
    type=click.IntRange(1),
    metavar="N",
    show_default="none",
    help="Run N conforming servers instead, each drawn from what the contract leaves open.",
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    metavar="S",
    default=FIRST_SEED,
    show_default=True,
    help="The first seed of --conforming.",
)
def selftest(
    *,
    mode: str,
    only: str | None,
    jobs: int,
    seeds: int,
    whole: bool,
    report: Path | None,
    conforming: int | None,
    seed: int,
) -> None:
    """Run the suite against wrong servers. It prints which rule caught which server."""
    if conforming:
        sys.exit(examine_all(plan(conforming, seed, seeds, MODES[mode], whole=whole), jobs, report))
    chosen = _chosen(only)
    planned = sorted(jobs_for(chosen, MODES[mode], seeds, whole=whole), key=_slow_first)
    trials = _run_and_print(planned, min(jobs, len(planned)))
    if report:
        report.write_text(json.dumps([asdict(trial) for trial in trials], indent=1), encoding="utf-8")
    for line in (*matrix(chosen, trials), "", *totals(trials)):
        click.echo(line)
    sys.exit(1 if problems(trials) else 0)


def _run_and_print(planned: list[Job], workers: int) -> list[Trial]:
    """Run all jobs and print each result."""
    trials: list[Trial] = []
    try:
        with trial_pool(workers) as pool:
            for future in as_completed([pool.submit(_trial, job) for job in planned]):
                trials.append(future.result())
                click.echo(_progress(trials[-1], len(trials), len(planned)))
    except (NotStartedError, BrokenProcessPool) as error:
        raise click.ClickException(f"The selftest stopped: {error}") from None
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(trials)} of {len(planned)} runs.", err=True)
        sys.exit(3)
    return trials


def _chosen(only: str | None) -> list[Entry]:
    words = [word.strip() for word in (only or "").split(",") if word.strip()]
    known = {entry.name for entry in entries()} | {rule for entry in entries() for rule in entry.rules} | KINDS
    if unknown := [word for word in words if word not in known]:
        raise click.BadParameter(
            f"unknown server, kind or rule: {', '.join(unknown)}; "
            "`python -m contract_tests.wrong_servers list` prints all servers.",
            param_hint="--only",
        )
    return [entry for entry in entries() if not words or {entry.name, entry.kind, *entry.rules} & set(words)]


def _progress(trial: Trial, done: int, planned: int) -> str:
    entry = CATALOGUE[trial.name]
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
        wrong = [each for each in trials if each.mode == mode and CATALOGUE[each.name].kind == "wrong"]
        if wrong:
            caught = [each for each in wrong if unexpected(CATALOGUE[each.name], each) is None]
            other = [each for each in wrong if each not in caught and each.violated]
            yield (
                f"{mode}: Of {len(wrong)} wrong servers, {len(caught)} were caught by the right rule, "
                f"{len(other)} only by another rule, and {len(wrong) - len(caught) - len(other)} survived."
            )
    yield from _by_kind(trials)
    yield from _left_out(trials)
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
        mine = [each for each in trials if CATALOGUE[each.name].kind == kind]
        sound = sum(unexpected(CATALOGUE[each.name], each) is None for each in mine)
        if mine:
            statuses = ", ".join(str(status) for status in sorted({each.exit_status for each in mine}))
            yield f"{sound} of {len(mine)} {expected} (exit status {statuses})."


def _left_out(trials: list[Trial]) -> Iterator[str]:
    for mode in BOTH:
        names = [each.name for each in trials if mode not in CATALOGUE[each.name].modes]
        if names and any(each.mode == mode for each in trials):
            yield f"{mode}: Not run, since the deviation does not show in this mode: {', '.join(names)}."


def problems(trials: list[Trial]) -> list[str]:
    """Return a line for each unexpected result."""
    found = ((trial, unexpected(CATALOGUE[trial.name], trial)) for trial in trials)
    return [
        f"  {trial.name} ({trial.mode}, seed {trial.seed}): {complaint[:200]}"
        for trial, complaint in found
        if complaint
    ]
