"""Many trials at once, each printed as it ends."""

import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool

import click

from contract_tests.wrong_servers.matrix import progress
from contract_tests.wrong_servers.planning import Job
from contract_tests.wrong_servers.pool import Pool, trial_pool
from contract_tests.wrong_servers.proof import shown
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.sufficiency import Proven, Sufficiency
from contract_tests.wrong_servers.trial import NotStartedError, Trial, run_trial

_INTERRUPTED = 3


def run_jobs(planned: list[Job], workers: int) -> list[Trial]:
    """Run all jobs and print each result; an interrupt ends the command."""
    trials: list[Trial] = []
    try:
        with trial_pool(min(workers, len(planned))) as pool:
            for trial in _run(pool, planned, workers):
                trials.append(trial)
                click.echo(progress(trial, len(trials), len(planned)))
    except (NotStartedError, BrokenProcessPool) as error:
        raise click.ClickException(f"The selftest stopped: {error}") from None
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(trials)} of {len(planned)} runs.", err=True)
        sys.exit(_INTERRUPTED)
    return trials


def _run(pool: Pool, planned: list[Job], workers: int) -> Iterator[Trial]:
    """Yield the results; a job starts only when a worker is free, so that it knows what others have proven."""
    ended: list[Trial] = []
    waiting, running = list(reversed(planned)), set[Future[Trial]]()
    while waiting or running:
        while waiting and len(running) < workers:
            job = waiting.pop()
            running.add(pool.submit(_trial, job, _proven(job, ended)))
        done, running = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            ended.append(future.result())
            yield ended[-1]


def _proven(job: Job, ended: list[Trial]) -> Proven:
    return {(check.rule, check.test) for check in shown(ended) if check.mode == job.mode}


def _trial(job: Job, proven: Proven) -> Trial:
    entry = find(job.name)
    enough = [] if job.until == "complete" else [Sufficiency(entry.rules, None if job.until == "caught" else proven)]
    return run_trial(entry, job.mode, job.seed, job.only, job.roles, enough)
