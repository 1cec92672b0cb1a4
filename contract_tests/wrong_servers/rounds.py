"""Many trials at once, each printed as it ends."""

import sys
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool

import click

from contract_tests.wrong_servers.matrix import progress
from contract_tests.wrong_servers.planning import Job
from contract_tests.wrong_servers.pool import trial_pool
from contract_tests.wrong_servers.serving import find
from contract_tests.wrong_servers.trial import NotStartedError, Trial, run_trial

_INTERRUPTED = 3


def run_jobs(planned: list[Job], workers: int) -> list[Trial]:
    """Run all jobs and print each result; an interrupt ends the command."""
    trials: list[Trial] = []
    try:
        with trial_pool(min(workers, len(planned))) as pool:
            for future in as_completed([pool.submit(_trial, job) for job in planned]):
                trials.append(future.result())
                click.echo(progress(trials[-1], len(trials), len(planned)))
    except (NotStartedError, BrokenProcessPool) as error:
        raise click.ClickException(f"The selftest stopped: {error}") from None
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {len(trials)} of {len(planned)} runs.", err=True)
        sys.exit(_INTERRUPTED)
    return trials


def _trial(job: Job) -> Trial:
    return run_trial(find(job.name), job.mode, job.seed, job.only, job.roles)
