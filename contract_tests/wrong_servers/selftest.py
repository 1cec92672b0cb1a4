"""The command `aiimage-conform selftest`: the suite against wrong servers and conforming ones."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from contract_tests.runner.options import WholeNumber
from contract_tests.wrong_servers import one_role, proof
from contract_tests.wrong_servers.catalogue import Entry
from contract_tests.wrong_servers.drawn.campaign import examine_all, plan
from contract_tests.wrong_servers.generated import campaign
from contract_tests.wrong_servers.matrix import matrix, problems, totals
from contract_tests.wrong_servers.planning import FIRST_SEED, MODES, chosen, in_order, jobs_for
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


class Number(WholeNumber):
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
@click.option("--jobs", type=WholeNumber(1), metavar="N", default=6, show_default=True, help="Number of parallel runs.")
@click.option(
    "--seeds",
    type=WholeNumber(1),
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
    type=WholeNumber(1),
    metavar="N",
    show_default="none",
    help="Run N conforming servers instead, each drawn from what the contract leaves open.",
)
@click.option(
    "--seed",
    type=WholeNumber(0),
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
@click.option("--one-role", is_flag=True, help="List the wrong servers that a single account can show instead.")
def selftest(**given: Any) -> None:
    """Run the suite against wrong servers. It prints which rule caught which server."""
    options = Options(**given)
    if options.conforming:
        sys.exit(_drawn(options, options.conforming))
    run = _generated if options.generated else _one_role if options.one_role else _catalogue
    sys.exit(run(options))


@dataclass(frozen=True)
class Options:
    """The options of the command."""

    mode: str
    only: str | None
    jobs: int
    seeds: int
    whole: bool
    report: Path | None
    conforming: int | None
    seed: int
    generated: int | str | None
    one_role: bool

    @property
    def words(self) -> list[str]:
        return [word.strip() for word in (self.only or "").split(",") if word.strip()]

    def chosen(self) -> list[Entry]:
        try:
            return chosen(self.words)
        except LookupError as error:
            raise click.BadParameter(
                f"unknown server, kind or rule: {error}; `python -m contract_tests.wrong_servers list` prints all "
                "servers.",
                param_hint="--only",
            ) from None

    def write(self, trials: list[Trial]) -> None:
        if self.report:
            self.report.write_text(json.dumps([asdict(trial) for trial in trials], indent=1), encoding="utf-8")


def _drawn(options: Options, number: int) -> int:
    planned = plan(number, options.seed, options.seeds, MODES[options.mode], whole=options.whole)
    return examine_all(planned, options.jobs, options.report)


def _catalogue(options: Options) -> int:
    servers = options.chosen()
    planned = in_order(jobs_for(servers, MODES[options.mode], options.seeds, whole=options.whole))
    trials = run_jobs(planned, options.jobs)
    options.write(trials)
    _print(*matrix(servers, trials), "", *totals(trials), *proof.lines(planned, trials))
    return 1 if problems(trials) or proof.unproven(planned, trials) else 0


def _generated(options: Options) -> int:
    number = options.generated if isinstance(options.generated, int) else None
    drawn = campaign.sample(number, options.seed, set(options.words))
    if not drawn:
        raise click.BadParameter("no generated server breaks this rule", param_hint="--only")
    planned = campaign.jobs(drawn, MODES[options.mode], options.seed, whole=options.whole)
    trials = run_jobs(in_order(planned), options.jobs)
    options.write(trials)
    _print(*campaign.report(trials))
    return 1 if campaign.missed(trials) else 0


def _one_role(options: Options) -> int:
    planned = one_role.jobs(options.chosen())
    if not planned:
        raise click.BadParameter("none of these is a wrong server without control", param_hint="--only")
    alone = run_jobs(in_order(planned), options.jobs)
    again = one_role.repeated(alone)
    full = run_jobs(again, options.jobs) if again else []
    options.write([*alone, *full])
    _print(*one_role.lines(alone, full))
    return 1 if one_role.missed(full) else 0


def _print(*lines: str) -> None:
    for line in lines:
        click.echo(line)
