"""`python -m contract_tests.wrong_servers`: list the servers, or serve one of them."""

import click

from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.serving import GENERATION_SECONDS, entries, server


@click.group()
def main() -> None:
    """Conforming, wrong and broken servers that test the suite."""


@main.command("list")
def list_() -> None:
    """Print every server with the rule that it breaks."""
    for entry in entries():
        click.echo(f"{entry.name:28} {entry.kind:10} {','.join(entry.rules) or '-':21} {entry.sentence}")


@main.command()
@click.argument("name")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; 0, the default, picks a free one.")
@click.option(
    "--control", is_flag=True, help="Serve it plain and with a control API, instead of in the style of another stack."
)
@click.option("--generation-time", type=click.FloatRange(0), default=GENERATION_SECONDS, show_default=True)
def serve(name: str, port: int, *, control: bool, generation_time: float) -> None:
    """Serve one of them until it is stopped. The first line of the output is its address."""
    if name not in CATALOGUE or CATALOGUE[name].is_mock:
        raise click.BadParameter(f"unknown server {name}; `list` prints all servers.", param_hint="NAME")
    with server(name, port, control=control, generation_seconds=generation_time) as listening:
        click.echo(listening.address)
        try:
            listening.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")


if __name__ == "__main__":
    main(prog_name="python -m contract_tests.wrong_servers")
