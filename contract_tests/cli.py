"""The command `aiimage-conform`."""

import sys
from collections.abc import Callable
from typing import Any

import click

from contract_tests import options
from contract_tests.decisions import PROFILES
from contract_tests.errors import UsageError
from contract_tests.report.terminal import Progress, make_console, print_plan, print_summary
from contract_tests.run import Run
from contract_tests.runner import examine, make_bill
from contract_tests.settings import Settings

EPILOG = """\b
Exit status of run:
  0  the service conforms
  1  a documented rule is violated; with --strict, or the service differs from an assumption
  2  bad usage
  3  too little could be exercised, or the service cannot be reached

\b
Example:
  aiimage-conform plan --target fixtures/targets/mock.yaml
  aiimage-conform run --target fixtures/targets/mock.yaml --report conformance
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Examine whether a service keeps to the documentation of the AI Image API."""


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that run and plan share."""
    for option in reversed(
        [
            click.option("--target", metavar="FILE", help="The target file: where the service is, accounts, budget."),
            click.option("--base-url", metavar="URL", help="The service, where there is no target file."),
            click.option("--token", help="The token for --base-url.  [default: the variable AIIMAGE_TOKEN]"),
            click.option("--max-credits", type=click.IntRange(0), metavar="N", help="Never spend more than N credits."),
            click.option("--only", metavar="RULE,…", help="Decide these rules only."),
            click.option(
                "--profile",
                type=click.Choice(PROFILES),
                default="full",
                show_default=True,
                help="free spends nothing, quick at most 3 credits, full at most 40.",
            ),
            click.option("--seed", type=click.IntRange(0), metavar="N", help="The seed of the generated requests."),
            click.option("--report", metavar="DIR", default="conformance", show_default=True, help="Where reports go."),
            click.option("--strict", is_flag=True, help="A difference from an assumption fails the run, too."),
            click.option("--yes", is_flag=True, help="Spend credits on a remote service without asking."),
        ]
    ):
        command = option(command)
    return command


@main.command(epilog=EPILOG)
@_options
def run(*, yes: bool, **values: Any) -> None:
    """Examine the service and report a verdict for every rule."""
    settings = _settings(values)
    _make_folder(settings)
    click.echo(f"Seed {settings.seed}")
    _confirm(settings, yes=yes)
    console = make_console(sys.stdout)
    examined = Run(settings)
    examined.events.consumers.append(Progress(console, examined))
    outcome = examine(examined)
    print_summary(console, examined, outcome)
    sys.exit(outcome.exit_status(strict=settings.strict))


@main.command()
@_options
def plan(*, yes: bool, **values: Any) -> None:  # noqa: ARG001  the same options as run
    """Print what a run would cost at worst and what it would leave out; send nothing."""
    print_plan(make_console(sys.stdout), make_bill(_settings(values)))


def _settings(values: dict[str, Any]) -> Settings:
    try:
        return options.settings(**values)
    except UsageError as error:
        raise _BadUsage(str(error)) from None


def _make_folder(settings: Settings) -> None:
    if settings.report is None:
        return
    try:
        settings.report.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _BadUsage(f"--report: the folder {settings.report} cannot be made: {error.strerror}.") from None


def _confirm(settings: Settings, *, yes: bool) -> None:
    if yes or settings.target.loopback or settings.profile == "free" or settings.cap == 0:
        return
    bill = min(make_bill(settings).credits, settings.cap)
    if not sys.stdin.isatty():
        raise _BadUsage(f"The run may spend {bill} credits at {settings.target.base_url}: --yes allows it.")
    if not click.confirm(f"The run may spend {bill} credits at {settings.target.base_url}. Go on?"):
        raise _BadUsage("Not confirmed, so nothing was sent.")


class _BadUsage(click.ClickException):
    exit_code = 2


if __name__ == "__main__":
    main()
