"""The command `aiimage-conform selftest`: the suite against wrong servers and conforming ones."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from contract_tests.wrong_servers import proof
from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.drawn.campaign import examine_all
from contract_tests.wrong_servers.matrix import matrix, problems, totals
from contract_tests.wrong_servers.planning import FIRST_SEED, MODES, chosen, jobs_for, slow_first
from contract_tests.wrong_servers.rounds import run_jobs
from contract_tests.wrong_servers.trial import Trial

_EPILOG = """\b
Exit status:
  0  all results are as expected
  1  a wrong server was not caught by the rule it breaks, a conforming one was caught, an empty one passed,
     or a check passed a rule and failed none of the servers that break it
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
    help="Number of seeds for each conforming server.",
)
@click.option("--whole", is_flag=True, help="Examine wrong servers by all checks, not only those of the broken rule.")
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
        sys.exit(examine_all(conforming, seed, jobs, report))
    servers = _chosen(only)
    planned = sorted(jobs_for(servers, MODES[mode], seeds, whole=whole), key=slow_first)
    trials = run_jobs(planned, jobs)
    _write(report, trials)
    for line in (*matrix(servers, trials), "", *totals(trials), *proof.lines(planned, trials)):
        click.echo(line)
    sys.exit(1 if problems(trials) or proof.unproven(planned, trials) else 0)


def _chosen(only: str | None) -> list[Entry]:
    try:
        return chosen(filter(None, map(str.strip, (only or "").split(","))))
    except LookupError as error:
        raise click.BadParameter(
            f"unknown server, kind or rule: {error}; `python -m contract_tests.wrong_servers list` prints all servers.",
            param_hint="--only",
        ) from None


def _write(report: Path | None, trials: list[Trial]) -> None:
    if report:
        report.write_text(json.dumps([asdict(trial) for trial in trials], indent=1), encoding="utf-8")
