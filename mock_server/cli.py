"""The command line: aiimage-mock."""

import contextlib
import errno
import logging
import math
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from . import __version__, resources
from .configuration import ConfigurationError, read_accounts, read_behaviour
from .settings import Settings, is_loopback

_BACKLOG = 2048
_GRACE_SECONDS = 1
_OTHER_PORT = "; choose another, or 0 for any free one"


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


@main.command()
@option("--host", default="127.0.0.1", metavar="H", help="Address to bind.")
@option("--port", default=8010, type=click.IntRange(0, 65535), metavar="P", help="Port to bind; 0 picks a free one.")
@option("--accounts", type=click.Path(path_type=Path), metavar="FILE", help="Accounts, instead of the ready-made ones.")
@option("--behaviour", type=click.Path(path_type=Path), metavar="FILE", help="Settings that rules.yaml leaves open.")
@option(
    "--generation-time",
    default=1.5,
    type=Seconds(),
    metavar="SECONDS",
    help="How long a generation takes.",
)
@option("--seed", default=0, type=int, metavar="N", help="Seed of pictures and their names.")
@option("--closed", is_flag=True, help="Refuse tokens that the accounts do not list.")
@option("--admin-token", metavar="T", help="What the control API asks for; needed for it beyond loopback.")
@option("--no-control", is_flag=True, help="Do not serve the control API.")
@option("--log-format", default="text", type=click.Choice(["text", "json"]), help="Form of the access log.")
def serve(host: str, port: int, accounts: Path | None, behaviour: Path | None, **flags: Any) -> None:
    """Serve the mock until interrupted.

    \b
    Example:
      aiimage-mock serve --port 0 --generation-time 0 --seed 7
    """
    try:
        settings = Settings(
            accounts=_of_flag("--accounts", lambda: read_accounts(accounts or resources.ACCOUNTS, flags["closed"])),
            behaviour=_of_flag("--behaviour", lambda: _behaviour(behaviour)),
            host=host,
            generation_seconds=flags["generation_time"],
            seed=flags["seed"],
            control=not flags["no_control"],
            admin_token=flags["admin_token"] or None,
            log_json=flags["log_format"] == "json",
        )
        listener = _bind(host, port)
    except ConfigurationError as error:
        raise Failure(str(error)) from error
    _set_up_logging()
    _serve(settings, listener)


@main.command()
def spec() -> None:
    """Print the OpenAPI document that the mock serves."""
    click.echo(resources.DOCUMENT.read_text(), nl=False)


@main.command()
def rules() -> None:
    """Print the rules that OpenAPI cannot say."""
    click.echo(resources.RULES.read_text(), nl=False)


def _behaviour(path: Path | None) -> Any:
    from .app import rules as compiled

    return read_behaviour(path, compiled())


def _of_flag(flag: str, read: Callable[[], Any]) -> Any:
    """Return what `read` returns; let what it raises name the flag."""
    try:
        return read()
    except ConfigurationError as error:
        raise ConfigurationError(f"{flag}: {error}") from error


def _bind(host: str, port: int) -> socket.socket:
    """Return a listening socket; raise ConfigurationError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise ConfigurationError(f"--host: {host} is no address of this machine: {error.strerror}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        flag, remedy = ("--host", "") if error.errno == errno.EADDRNOTAVAIL else ("--port", _OTHER_PORT)
        raise ConfigurationError(f"{flag}: {host}:{port} cannot be bound: {error.strerror}{remedy}") from error
    return listener


def _serve(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from .app import create_app
    from .http.protocol import JsonProtocol

    config = uvicorn.Config(
        create_app(settings),
        http=JsonProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    _greet(settings, listener)
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run([listener])


def _greet(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    origin = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    control = f"{origin}/_mock/health" if settings.control_open else "off"
    if settings.control and not settings.control_open:
        control = "off: give --admin-token to have it beyond loopback"
    click.echo(f"The AI Image API, mocked, at {origin}/api/v1/aiimage")
    click.echo(f"  control API  {control}")
    click.echo(f"  tokens       {', '.join(settings.accounts.listed) or 'none listed'}")
    click.echo(f"               {_others(settings)}")
    if not is_loopback(settings.host):
        click.echo(f"  note         {settings.host} is reachable from other machines")
    click.echo("  stop         Ctrl-C")
    sys.stdout.flush()


def _others(settings: Settings) -> str:
    if settings.accounts.closed:
        return "and no other (--closed)"
    account = settings.accounts.default
    return f"any other opens an account of its own: {account.credits} credits, {account.daily_limit} images a day"


def _set_up_logging() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    logging.getLogger("aiimage_mock").setLevel(logging.INFO)


if __name__ == "__main__":
    main()
