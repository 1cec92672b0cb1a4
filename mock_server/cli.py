"""The command line: aiimage-mock."""

import gc
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from . import __version__, client, resources
from .configuration import ConfigurationError, Settings, read_accounts, read_behaviour, read_scenario
from .domain.accounts import Accounts
from .domain.behaviour import Behaviour

T = TypeVar("T")
_SERVING = """\b
Exit status:
  0  it was ended
  2  bad usage: the message names the flag, and what it takes

Colours are for terminals only; NO_COLOR=1 turns them off, FORCE_COLOR=1 on.

\b
Example:
  aiimage-mock serve --port 0 --generation-time 0 --seed 7
"""


class Failure(click.ClickException):
    """Something that the command cannot do as told: one sentence, exit status 2."""

    exit_code = 2


class Seconds(click.FloatRange):
    """A number of seconds, up to a day."""

    def __init__(self) -> None:
        super().__init__(0, 86_400)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value} is not in the range 0<=x<=86400.", param, ctx)
        return number


class EnvironmentOption(click.Option):
    """An option that can be given as AIIMAGE_MOCK_… too, and whose errors name that variable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"show_envvar": True, "show_default": True, **kwargs})
        self.envvar = f"AIIMAGE_MOCK_{(self.opts[0]).removeprefix('--').replace('-', '_').upper()}"


def option(*names: str, **attributes: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, cls=EnvironmentOption, **attributes)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="aiimage-mock")
def main() -> None:
    """A stateful mock server of the AI Image API.

    \b
    Example:
      aiimage-mock serve --port 8010 --generation-time 0.5
    """


@main.command(epilog=_SERVING)
@option("--host", default="127.0.0.1", metavar="H", help="Address to bind.")
@option("--port", default=8010, type=click.IntRange(0, 65535), metavar="P", help="Port to bind; 0 picks a free one.")
@option(
    "--state",
    default="memory",
    metavar="memory|URL",
    help="Where everything is kept: in memory, or in the Valkey or Redis of a redis:// URL.",
)
@option(
    "--workers",
    default=1,
    type=click.IntRange(1, 64),
    metavar="N",
    help="How many processes serve; more than one need --state.",
)
@option(
    "--accounts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="the ready-made ones",
    help="Accounts by token.",
)
@option(
    "--scenario",
    type=click.Path(path_type=Path),
    metavar="NAME|FILE",
    show_default="none",
    help="State that every account begins in: a ready-made one by name, or a file.",
)
@option(
    "--behaviour",
    type=click.Path(path_type=Path),
    metavar="FILE",
    show_default="the defaults of rules.yaml",
    help="Settings that rules leave open.",
)
@option(
    "--generation-time",
    default=1.5,
    type=Seconds(),
    metavar="SECONDS",
    help="How long a generation takes.",
)
@option("--seed", default=0, type=int, metavar="N", help="Seed of pictures and their names.")
@option("--closed", is_flag=True, help="Refuse tokens that the accounts do not list.")
@option(
    "--admin-token",
    metavar="T",
    show_default="none",
    help="What the control API asks for; needed for it beyond loopback.",
)
@option("--no-control", is_flag=True, help="Do not serve the control API.")
@option("--log-format", default="text", type=click.Choice(["text", "json"]), help="Form of the access log.")
def serve(
    host: str,
    port: int,
    accounts: Path | None,
    behaviour: Path | None,
    scenario: Path | None,
    log_format: str,
    workers: int,
    **flags: Any,
) -> None:
    """Serve the mock until Ctrl-C or SIGTERM."""
    if workers > 1 and flags["state"] == "memory":
        remedy = "give --state redis://HOST:PORT, or leave --workers out"
        raise Failure(f"--workers {workers} needs state that workers share: {remedy}")
    gc.disable()  # nothing of what is loaded now is garbage
    try:
        from . import serving

        settings = Settings(
            accounts=_accounts(accounts or resources.ACCOUNTS, scenario, flags["closed"]),
            behaviour=_of_flag("--behaviour", lambda: _behaviour(behaviour)),
            host=host,
            generation_seconds=flags["generation_time"],
            seed=flags["seed"],
            control=not flags["no_control"],
            admin_token=flags["admin_token"] or None,
            state=flags["state"],
        )
        _of_flag("--state", lambda: _check_state(settings))
        listener = serving.bind(host, port)
    except ConfigurationError as error:
        raise Failure(str(error)) from error
    finally:
        gc.enable()
    serving.serve(settings, listener, log_format, workers)


@main.command("health")
@option("--host", default="127.0.0.1", metavar="H", help="Address that it is bound to.")
@option("--port", default=8010, type=click.IntRange(1, 65535), metavar="P", help="Port that it is bound to.")
@option("--wait", default=0.0, type=Seconds(), metavar="SECONDS", help="How long to wait for it.")
def is_healthy(host: str, port: int, wait: float) -> None:
    """Tell whether a mock serves: exit status 0, or 1 and why not.

    \b
    Example:
      aiimage-mock health --wait 30
    """
    if told := client.why_unhealthy(host, port, wait):
        raise click.ClickException(f"no mock serves at {host}:{port}: {told}")


@main.command()
@click.option("--control", is_flag=True, help="The document of the control API instead.")
def spec(control: bool) -> None:
    """Print the OpenAPI document that the mock serves.

    \b
    Example:
      aiimage-mock spec > openapi.yaml
      aiimage-mock spec --control > control.yaml
    """
    click.echo((resources.CONTROL if control else resources.DOCUMENT).read_text(), nl=False)


@main.command()
def rules() -> None:
    """Print the rules that OpenAPI cannot say.

    \b
    Example:
      aiimage-mock rules > rules.yaml
    """
    click.echo(resources.RULES.read_text(), nl=False)


def _accounts(path: Path, scenario: Path | None, closed: bool) -> Accounts:
    from .app import contract

    accounts = _of_flag("--accounts", lambda: read_accounts(path, contract(), closed))
    if scenario is None:
        return accounts
    return accounts.changed(_of_flag("--scenario", lambda: read_scenario(scenario, contract())).apply)


def _behaviour(path: Path | None) -> Behaviour:
    from .app import rules as compiled

    return read_behaviour(path, compiled())


def _check_state(settings: Settings) -> None:
    from .app import check_state

    check_state(settings)


def _of_flag(flag: str, read: Callable[[], T]) -> T:
    """Return what `read` returns; let what it raises name the flag."""
    try:
        return read()
    except ConfigurationError as error:
        raise ConfigurationError(f"{flag}: {error}") from error


if __name__ == "__main__":
    main()
