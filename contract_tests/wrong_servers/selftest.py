"""The command `aiimage-conform selftest`: the suite against servers that are wrong on purpose, and right ones."""

import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import cast

import click

from contract_tests.wrong_servers.catalogue import BOTH, CATALOGUE, Entry, Mode
from contract_tests.wrong_servers.judging import Finding, fault, find, verdict
from contract_tests.wrong_servers.serving import entries
from contract_tests.wrong_servers.trial import NotStartedError

MODES: dict[str, tuple[Mode, ...]] = {
    "black-box": ("black-box",),
    "control": ("control",),
    "both": BOTH,
}
KINDS = frozenset({"right", "wrong", "assumed", "null", "broken"})
FIRST_SEED = 1
_WAITED_FOR = frozenset({"LOCK-10S", "LOCK-RELEASE"})


@dataclass(frozen=True)
class Job:
    """One run to be: a server, how much of it the suite may use, and a seed."""

    entry: Entry
    mode: Mode
    seed: int


def jobs_for(chosen: Iterable[Entry], modes: tuple[Mode, ...], seeds: int) -> Iterator[Job]:
    """All seeds for a right server, one for any other, in the modes in which it shows."""
    for entry in chosen:
        for mode in (mode for mode in modes if mode in entry.modes):
            for seed in range(FIRST_SEED, FIRST_SEED + (seeds if entry.kind == "right" else 1)):
                yield Job(entry, mode, seed)


def _by_patience(job: Job) -> bool:
    """Those first where the suite waits for locks to go away, so that no run is left over at the end."""
    return not _WAITED_FOR & set(job.entry.rules)


def examine_all(jobs: list[Job], workers: int, folder: str) -> Generator[Finding, None, None]:
    """The findings as they come. Every job has a process of its own, forked from one that has imported all.

    folder: for the files of all of them.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "contract_tests.wrong_servers.preloaded"])
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        running = [pool.submit(_work, folder, job.entry.name, job.mode, job.seed) for job in jobs]
        try:
            for future in as_completed(running):
                yield future.result()
        except BaseException:  # interrupted, or one has not started: nobody waits for the others
            _end_workers()
            raise


def _work(folder: str, name: str, mode: Mode, seed: int) -> Finding:
    os.setpgrp()  # so that its server can be ended with it
    tempfile.tempdir = folder
    return find(CATALOGUE[name], mode, seed)


def _end_workers() -> None:
    """End all jobs, and their servers with them, at once."""
    for worker in multiprocessing.active_children():
        with suppress(ProcessLookupError):  # it has not come to be a group yet
            os.killpg(cast("int", worker.pid), signal.SIGKILL)
        worker.kill()


_EPILOG = """\b
Exit status:
  0  all are as they should be
  1  a wrong server was not caught by the rule it breaks, a right one was, or an empty one passed
  2  bad usage
  3  it was interrupted

\b
Example:
  aiimage-conform selftest --mode control --only LOCK-ONE,right
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--mode", type=click.Choice(list(MODES)), default="both", show_default=True, help="What the suite may use."
)
@click.option(
    "--only", metavar="NAME,…", show_default="all", help="These servers, or those of a kind, or that break a rule."
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", default=6, show_default=True, help="How many runs at a time."
)
@click.option(
    "--seeds",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="How many seeds for a right server.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    show_default="none",
    help="Write all findings there as JSON.",
)
def selftest(mode: str, only: str | None, jobs: int, seeds: int, report: Path | None) -> None:
    """Run the suite against servers that are wrong in one way each, and print which rule caught which."""
    chosen = _chosen(only)
    planned = sorted(jobs_for(chosen, MODES[mode], seeds), key=_by_patience)
    findings = _findings(planned, min(jobs, len(planned)))
    if report:
        report.write_text(json.dumps([asdict(finding) for finding in findings], indent=1), encoding="utf-8")
    for line in (*matrix(chosen, findings), "", *totals(findings)):
        click.echo(line)
    sys.exit(1 if faults(findings) else 0)


def _findings(planned: list[Job], workers: int) -> list[Finding]:
    """The findings of all jobs, each printed as it comes. An interrupt or a termination ends them all at once."""
    findings: list[Finding] = []
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory() as folder, closing(examine_all(planned, workers, folder)) as coming:
            for finding in coming:
                findings.append(finding)
                click.echo(_progress(finding, len(findings), len(planned)))
    except (NotStartedError, BrokenProcessPool) as error:
        raise click.ClickException(f"The selftest cannot go on: {error}") from None
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(findings)} of {len(planned)} runs.", err=True)
        sys.exit(3)
    finally:
        signal.signal(signal.SIGTERM, before)
    return findings


def _chosen(only: str | None) -> list[Entry]:
    words = [word.strip() for word in (only or "").split(",") if word.strip()]
    known = {entry.name for entry in entries()} | {rule for entry in entries() for rule in entry.rules} | KINDS
    if unknown := [word for word in words if word not in known]:
        raise click.BadParameter(
            f"no server and no rule is called {', '.join(unknown)}; "
            "`python -m contract_tests.wrong_servers list` prints all servers.",
            param_hint="--only",
        )
    return [entry for entry in entries() if not words or {entry.name, entry.kind, *entry.rules} & set(words)]


def _progress(finding: Finding, done: int, planned: int) -> str:
    entry = CATALOGUE[finding.name]
    mark = "ok " if fault(entry, finding) is None else "NOT"
    said = verdict(entry, finding)[:36]
    return f"[{done:3}/{planned}] {mark} {finding.name:31} {finding.mode:9} {said:36} {finding.seconds:4.0f} s"


def matrix(chosen: list[Entry], findings: list[Finding]) -> Iterator[str]:
    """A line for each server: what it breaks, and what the suite said of it in either mode."""
    yield f"\n{'server':31} {'breaks':10} {'black-box':22} {'with control':22} {'seconds':>9}"
    for entry in chosen:
        cells = [_cell(entry, findings, mode) for mode in BOTH]
        seconds = "+".join(f"{finding.seconds:.0f}" for finding in _of(entry, findings)[:2])
        breaks = entry.rules[0] if entry.rules else entry.kind
        yield f"{entry.name:31} {breaks[:10]:10} {cells[0]:22} {cells[1]:22} {seconds:>9}"


def _cell(entry: Entry, findings: list[Finding], mode: Mode) -> str:
    mine = [finding for finding in _of(entry, findings) if finding.mode == mode]
    worst = next((finding for finding in mine if fault(entry, finding)), mine[0] if mine else None)
    return "-" if worst is None else f"{'! ' if fault(entry, worst) else ''}{verdict(entry, worst)}"[:22]


def _of(entry: Entry, findings: list[Finding]) -> list[Finding]:
    return sorted((f for f in findings if f.name == entry.name), key=lambda f: (f.mode, f.seed))


def totals(findings: list[Finding]) -> Iterator[str]:
    """How many were caught by the right rule, by another one, by none; then all that is not as it should be."""
    for mode in BOTH:
        wrong = [f for f in findings if f.mode == mode and CATALOGUE[f.name].kind == "wrong"]
        if wrong:
            right_rule = [f for f in wrong if fault(CATALOGUE[f.name], f) is None]
            other = [f for f in wrong if f not in right_rule and f.violated]
            survived = len(wrong) - len(right_rule) - len(other)
            yield (
                f"{mode}: of {len(wrong)} wrong servers {len(right_rule)} caught by the right rule, "
                f"{len(other)} by another only, {survived} survived"
            )
    yield from _by_kind(findings)
    yield from _left_out(findings)
    if lines := faults(findings):
        yield from ("", f"{len(lines)} not as they should be:", *lines)
    else:
        yield "All are as they should be."


def _by_kind(findings: list[Finding]) -> Iterator[str]:
    names = {"right": "right servers without findings", "assumed": "assumptions told apart", "null": "", "broken": ""}
    for kind, title in names.items():
        mine = [f for f in findings if CATALOGUE[f.name].kind == kind]
        sound = sum(fault(CATALOGUE[f.name], f) is None for f in mine)
        if mine:
            statuses = sorted({f.exit_status for f in mine})
            yield f"{title or f'{kind} servers that did not pass'}: {sound} of {len(mine)} runs, exit status {statuses}"


def _left_out(findings: list[Finding]) -> Iterator[str]:
    for mode in BOTH:
        names = [f.name for f in findings if mode not in CATALOGUE[f.name].modes]
        if names and any(f.mode == mode for f in findings):
            yield f"{mode}: not run, since it would not show there: {', '.join(names)}"


def faults(findings: list[Finding]) -> list[str]:
    """A line for each finding that is not as it should be."""
    found = ((finding, fault(CATALOGUE[finding.name], finding)) for finding in findings)
    return [
        f"  {finding.name} ({finding.mode}, seed {finding.seed}): {complaint[:200]}"
        for finding, complaint in found
        if complaint
    ]
