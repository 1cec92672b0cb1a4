"""The command `aiimage-conform selftest`: the suite against wrong servers and conforming ones."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from contract_tests.wrong_servers import proof
from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.drawn.campaign import examine_all
from contract_tests.wrong_servers.generated import campaign
from contract_tests.wrong_servers.matrix import matrix, problems, totals
from contract_tests.wrong_servers.planning import FIRST_SEED, MODES, chosen, jobs_for, slow_first
from contract_tests.wrong_servers.rounds import run_jobs
from contract_tests.wrong_servers.trial import Trial

ALL = "all"
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


class Number(click.IntRange):
    """A number of servers, or the word for all of them."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        return ALL if value == ALL else super().convert(value, param, ctx)


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
    help="The first seed of --conforming, and the seed of --generated.",
)
@click.option(
    "--generated",
    type=Number(1),
    metavar="N|all",
    show_default="none",
    help="Run N wrong servers instead, drawn from those that are computed from a conforming one, or all of them.",
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
    generated: int | str | None,
) -> None:
    """Run the suite against wrong servers. It prints which rule caught which server."""
    if conforming:
        sys.exit(examine_all(conforming, seed, jobs, report))
    if generated:
        sys.exit(_generated(generated, only, mode, jobs, seed, report, whole=whole))
    servers = _chosen(only)
    planned = sorted(jobs_for(servers, MODES[mode], seeds, whole=whole), key=slow_first)
    trials = run_jobs(planned, jobs)
    _write(report, trials)
    for line in (*matrix(servers, trials), "", *totals(trials), *proof.lines(planned, trials)):
        click.echo(line)
    sys.exit(1 if problems(trials) or proof.unproven(planned, trials) else 0)


def _generated(
    number: int | str, only: str | None, mode: str, jobs: int, seed: int, report: Path | None, *, whole: bool
) -> int:
    """Run generated servers; return the exit status: 1 if a rule passed that the server broke."""
    rules = set(_words(only))
    drawn = campaign.sample(number if isinstance(number, int) else None, seed, rules)
    if not drawn:
        raise click.BadParameter("no generated server breaks this rule", param_hint="--only")
    trials = run_jobs(sorted(campaign.jobs(drawn, MODES[mode], seed, whole=whole), key=slow_first), jobs)
    _write(report, trials)
    for line in campaign.report(trials):
        click.echo(line)
    return 1 if campaign.missed(trials) else 0


def _words(only: str | None) -> list[str]:
    return [word.strip() for word in (only or "").split(",") if word.strip()]


def _chosen(only: str | None) -> list[Entry]:
    try:
        return chosen(_words(only))
    except LookupError as error:
        raise click.BadParameter(
            f"unknown server, kind or rule: {error}; `python -m contract_tests.wrong_servers list` prints all servers.",
            param_hint="--only",
        ) from None


def _write(report: Path | None, trials: list[Trial]) -> None:
    if report:
        report.write_text(json.dumps([asdict(trial) for trial in trials], indent=1), encoding="utf-8")
