"""The command line: aiimage-mock."""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from . import __version__, health, resources
from .agents.cli import mcp
from .behaviours import describe, make_behaviour, read_changes, ready_made_behaviours
from .configuration import (
    ConfigurationError,
    Settings,
    read_accounts,
    read_scenario,
    ready_made_scenarios,
)
from .contract import Contract, ContractError
from .domain.accounts import Accounts
from .flags import CommandWithNames, Instance, NameOrFile, Seconds, WholeNumber, option
from .output import BadUsageError, Program, print_document
from .proving.cli import prove

T = TypeVar("T")
_SERVING = """\b
Exit status:
  0  stopped by Ctrl-C or SIGTERM
  2  bad usage: the message names the flag and its valid values

Output is coloured at a terminal. NO_COLOR=1 turns colours off, FORCE_COLOR=1 turns them on.

\b
Example:
  aiimage-mock serve --port 0 --generation-time 0 --seed 7
"""


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="aiimage-mock")
def main() -> None:
    """A stateful mock server of the AI Image API.

    \b
    Example:
      aiimage-mock serve --port 8010 --generation-time 0.5
    """


@main.command(cls=CommandWithNames, epilog=_SERVING)
@option("--host", default="127.0.0.1", metavar="H", help="Address to listen on.")
@option("--port", default=8010, type=WholeNumber(0, 65535), metavar="P", help="Port; 0 picks a free one.")
@option(
    "--state",
    default="memory",
    metavar="memory|URL",
    help="Where to keep the state: in memory, or in Valkey or Redis at a redis:// URL.",
)
@option(
    "--workers",
    default=1,
    type=WholeNumber(1, 64),
    metavar="N",
    help="Number of processes; more than one requires --state URL.",
)
@option(
    "--accounts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="the ready-made accounts",
    help="YAML file of accounts by token.",
)
@option(
    "--scenario",
    type=NameOrFile(ready_made_scenarios),
    metavar="NAME|FILE",
    show_default="none",
    help="Initial state of every account: the name of a ready-made scenario, or a YAML file.",
)
@option(
    "--behaviour",
    type=NameOrFile(ready_made_behaviours),
    metavar="NAME|FILE",
    show_default="documented",
    help="Readings of the documentation: the name of a ready-made behaviour, or a YAML file of settings.",
)
@option(
    "--generation-time",
    default=1.5,
    type=Seconds(),
    metavar="SECONDS",
    help="Duration of a generation.",
)
@option("--seed", default=0, type=int, metavar="N", help="Seed of pictures, histories and random faults.")
@option("--closed", is_flag=True, help="Refuse tokens that the accounts file does not list.")
@option(
    "--admin-token",
    metavar="T",
    show_default="none",
    help="Token that the control API requires; without one it is served on loopback only.",
)
@option("--no-control", is_flag=True, help="Turn the control API off.")
@option(
    "--instance",
    type=Instance(),
    metavar="ID",
    show_default="a random one",
    help="Id that /_mock/health shows, by which others recognize this mock.",
)
@option("--log-format", default="text", type=click.Choice(["text", "json"]), help="Format of the log.")
def serve(
    host: str,
    port: int,
    accounts: Path | None,
    behaviour: Path | None,
    scenario: Path | None,
    log_format: str,
    workers: int,
    instance: str | None,
    **flags: Any,
) -> None:
    """Serve the mock until Ctrl-C or SIGTERM."""
    if workers > 1 and flags["state"] == "memory":
        remedy = "add --state redis://HOST:PORT, or omit --workers"
        raise BadUsageError(f"--workers {workers} requires a state that workers can share: {remedy}")
    gc.disable()  # start-up allocates much and frees little, so collecting only costs time
    try:
        from . import app, serving

        changes, profile = _for_flag("--behaviour", lambda: read_changes(behaviour, app.rules()))
        settings = Settings(
            accounts=_accounts(app.contract(), accounts or resources.ACCOUNTS, scenario, flags["closed"]),
            behaviour=make_behaviour(changes, app.rules()),
            host=host,
            generation_seconds=flags["generation_time"],
            seed=flags["seed"],
            control=not flags["no_control"],
            admin_token=flags["admin_token"] or None,  # an empty variable is not a token
            state=flags["state"],
            profile=profile,
            **({"instance": instance} if instance else {}),
        )
        _for_flag("--state", lambda: app.check_state(settings))
        listener = serving.bind(host, port)
    except (ConfigurationError, ContractError) as error:
        raise BadUsageError(str(error)) from error
    finally:
        gc.enable()
    serving.serve(settings, listener, log_format, workers)


@main.command("health")
@option("--host", default="127.0.0.1", metavar="H", help="Address of the mock.")
@option("--port", default=8010, type=WholeNumber(1, 65535), metavar="P", help="Port of the mock.")
@option("--wait", default=0.0, type=Seconds(), metavar="SECONDS", help="Longest time to wait until it serves.")
@option(
    "--instance", type=Instance(), metavar="ID", show_default="any", help="Id of the mock, as given to its `serve`."
)
def check_health(host: str, port: int, wait: float, instance: str | None) -> None:
    """Check that a mock serves: exit status 0, or 1 and the reason.

    \b
    Example:
      aiimage-mock health --wait 30
    """
    if reason := health.why_unhealthy(host, port, wait, instance):
        raise click.ClickException(f"no mock serves at {host}:{port}: {reason}")


@main.command()
@click.option("--control", is_flag=True, help="Print the document of the control API instead.")
@click.option(
    "--openapi",
    type=click.Choice(["3.1", "3.0"]),
    default="3.1",
    show_default=True,
    help="The version of OpenAPI; 3.0 is derived, for tools that do not read 3.1.",
)
def spec(control: bool, openapi: str) -> None:
    """Print the OpenAPI document that the mock serves.

    \b
    Example:
      aiimage-mock spec > openapi.yaml
      aiimage-mock spec --control > control.yaml
    """
    path = resources.CONTROL if control else resources.DOCUMENT
    if openapi == "3.0":
        from .contract.openapi30 import openapi30_text

        print_document(openapi30_text(path))
    else:
        print_document(path.read_text())


@main.command()
@click.argument("names", nargs=-1, type=NameOrFile(ready_made_behaviours), metavar="[NAME|FILE]...")
def behaviours(names: tuple[Path, ...]) -> None:
    """Print behaviours, each with the settings in which it differs from the default: files, or the ready-made ones.

    \b
    Example:
      aiimage-mock behaviours
      aiimage-mock behaviours family
      aiimage-mock serve --behaviour family
    """
    from . import app

    try:
        shown = [line for name in names or ready_made_behaviours() for line in describe(Path(name), app.rules())]
    except ConfigurationError as error:
        raise BadUsageError(str(error)) from error
    print_document("".join(f"{line}\n" for line in shown))


@main.command()
def rules() -> None:
    """Print the rules that OpenAPI cannot express, as YAML.

    \b
    Example:
      aiimage-mock rules > rules.yaml
    """
    print_document(resources.RULES.read_text())


def _accounts(contract: Contract, path: Path, scenario: Path | None, closed: bool) -> Accounts:
    accounts = _for_flag("--accounts", lambda: read_accounts(path, contract, closed))
    if scenario is None:
        return accounts
    return accounts.changed(_for_flag("--scenario", lambda: read_scenario(scenario, contract)).apply)


def _for_flag(flag: str, read: Callable[[], T]) -> T:
    """Return what `read` returns; put the flag before the message of a ConfigurationError."""
    try:
        return read()
    except ConfigurationError as error:
        raise ConfigurationError(f"{flag}: {error}") from error


main.add_command(prove)
main.add_command(mcp)

if __name__ == "__main__":
    main()
