"""The command line of a proof: aiimage-mock prove. It imports the mock on demand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from mock_server.behaviours import ready_made_behaviours
from mock_server.flags import NameOrFile, WholeNumber
from mock_server.output import BadUsageError

_INTERRUPTED = 3


@click.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--readings",
    is_flag=False,
    flag_value="pairwise",
    type=click.Choice(["each", "pairwise", "full"]),
    metavar="[each|pairwise|full]",
    show_default="pairwise",
    help="Run the command under other readings of the documentation.",
)
@click.option(
    "--disasters",
    is_flag=False,
    flag_value="single",
    type=click.Choice(["single", "pairs"]),
    metavar="[single|pairs]",
    show_default="single",
    help="Run the command with every failure at every point of its requests.",
)
@click.option(
    "--disaster",
    metavar="REQUEST.POINT",
    show_default="every failure",
    help="Run the command with this failure only, as in 2.charged.",
)
@click.option(
    "--limit",
    default=250,
    type=WholeNumber(1),
    metavar="N",
    show_default=True,
    help="The most readings of the mode full.",
)
@click.option(
    "--behaviour",
    type=NameOrFile(ready_made_behaviours),
    metavar="NAME|FILE",
    show_default="documented",
    help="The behaviour to start from.",
)
@click.option("--strict", is_flag=True, help="Exit with status 1 if something is found.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def prove(
    readings: str | None,
    disasters: Literal["single", "pairs"] | None,
    disaster: str | None,
    limit: int,
    behaviour: Path | None,
    strict: bool,
    command: tuple[str, ...],
) -> None:
    """Prove a client: start a mock, and run a command again and again, as the client would meet other services.

    The command gets AIIMAGE_BASE_URL and AIIMAGE_TOKEN, a new account in each run, and succeeds with exit status 0. The
    results are in aiimage-proof.json and aiimage-proof.md.

    \b
    Example:
      aiimage-mock prove --readings -- sh -c 'curl -f --oauth2-bearer $AIIMAGE_TOKEN $AIIMAGE_BASE_URL/aiimage/versions'
    """
    if not (readings or disasters or disaster):
        raise BadUsageError("choose what to prove: add --readings or --disasters, or both")
    from mock_server.embedding import default_settings

    from .command import prove_readings, report
    from .command_disasters import prove_disasters
    from .points import parse_schedule
    from .results import Proof

    proof = Proof()
    try:
        with _errors_in_words(command):
            settings = default_settings(behaviour)
            only = parse_schedule(disaster) if disaster else None
            if readings:
                prove_readings(command, settings, readings, limit, click.echo, proof)
            if disasters or disaster:
                prove_disasters(command, settings, disasters or "single", only, click.echo, proof)
    except KeyboardInterrupt:
        click.echo("interrupted")
        report(proof, click.echo)
        raise SystemExit(_INTERRUPTED) from None
    report(proof, click.echo)
    if strict and (proof.findings("readings") or proof.findings("disasters")):
        raise SystemExit(1)


@contextmanager
def _errors_in_words(command: Sequence[str]) -> Iterator[None]:
    """Name the flag that an error is about."""
    from mock_server.configuration import ConfigurationError

    from .command import FailsByDefaultError
    from .points import ScheduleError

    try:
        yield
    except ScheduleError as error:
        raise BadUsageError(f"--disaster: {error}") from error
    except ConfigurationError as error:
        raise BadUsageError(f"--behaviour: {error}") from error
    except FileNotFoundError as error:
        raise BadUsageError(f"no such command: {command[0]}") from error
    except FailsByDefaultError as error:
        click.echo(error.output, nl=False)
        raise click.ClickException(str(error)) from error
