"""The command line of the tools for agents: aiimage-mock mcp. It imports the mock on demand."""

import asyncio
from contextlib import ExitStack

import click

from mock_server.extras import install_command
from mock_server.flags import option
from mock_server.output import BadUsageError


@click.command("mcp")
@option("--url", metavar="URL", show_default="a mock of its own", help="Use the mock at URL instead of starting one.")
@option("--admin-token", metavar="T", show_default="none", help="Admin token of the mock at --url.")
def mcp(url: str | None, admin_token: str | None) -> None:
    """Serve tools for agents by the Model Context Protocol, on standard input and output.

    \b
    Example:
      aiimage-mock mcp
    """
    try:
        from .server import serve_stdio
    except ImportError as error:
        raise BadUsageError(f"a package is missing; run: {install_command('mcp')}") from error
    from mock_server.app import contract, rules
    from mock_server.attaching import attach
    from mock_server.client import Control, ControlError
    from mock_server.embedding import EmbeddedServer, default_settings

    settings = default_settings()
    with ExitStack() as stack:
        if url:
            try:
                control = attach(url, admin_token or None)
            except ControlError as error:
                raise BadUsageError(f"--url: {error}") from error
        else:
            control = Control(stack.enter_context(EmbeddedServer(settings)).origin)
            click.echo(f"The mock of this session: {control.origin}/_mock/", err=True)
        asyncio.run(serve_stdio(control, contract(), rules(), settings.accounts))
