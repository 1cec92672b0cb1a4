"""The command `aiimage-conform`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest

from contract_tests import options
from contract_tests.decisions import PROFILES
from contract_tests.errors import UsageError
from contract_tests.events import Interrupted
from contract_tests.outcome import conclude
from contract_tests.plan import Plan
from contract_tests.plugin import NAME, ConformancePlugin
from contract_tests.report.terminal import Progress, make_console, print_plan, print_summary
from contract_tests.run import Run
from contract_tests.settings import Settings

_PACKAGE = Path(__file__).resolve().parent
_PYTEST = ("-p", "no:cacheprovider", "-p", "no:terminal", "--capture=sys", "--disable-plugin-autoload")

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
    plugin = ConformancePlugin(examined)
    try:
        _pytest(plugin)
    except Exception as error:  # noqa: BLE001  a fault of the suite must not end like a violation
        examined.events.emit(Interrupted(f"a fault of the suite: {type(error).__name__}: {error}"))
    print_summary(console, examined, examined.transport.clock() - plugin.started)
    sys.exit(conclude(examined.events.log).exit_status(strict=settings.strict))


@main.command()
@_options
def plan(*, yes: bool, **values: Any) -> None:  # noqa: ARG001  the same options as run
    """Print what a run would cost at worst and what it would leave out; send nothing."""
    print_plan(make_console(sys.stdout), make_bill(_settings(values)))


def make_bill(settings: Settings) -> Plan:
    """The plan of a run, by collecting its tests; nothing is sent."""
    plugin = ConformancePlugin(Run(settings))
    _pytest(plugin, "--collect-only")
    return plugin.plan


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


def _pytest(plugin: ConformancePlugin, *arguments: str) -> None:
    """Run pytest on this package alone, whatever is configured where the command is called."""
    where = [str(_PACKAGE), "-c", str(_PACKAGE / "pytest.ini"), "--rootdir", str(_PACKAGE)]
    with _no_pytest_variables():
        pytest.main([*where, *_PYTEST, *arguments], plugins=[_Named(plugin)])


class _Named:
    """Registers the plugin under its name, by which the fixtures find it."""

    def __init__(self, plugin: ConformancePlugin) -> None:
        self._plugin = plugin

    def pytest_addoption(self, parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:  # noqa: ARG002
        pluginmanager.register(self._plugin, NAME)


@contextmanager
def _no_pytest_variables() -> Iterator[None]:
    saved = {name: os.environ.pop(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS") if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(saved)


if __name__ == "__main__":
    main()
