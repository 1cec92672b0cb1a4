"""The command line of `make bench` and `make bench-peers`.

python -m benchmarks ours
python -m benchmarks peers --rounds 1 --seconds 1 --rows versions,invalid
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from .cold import STARTS
from .measuring import OURS, PEERS, Kind, Options, UnknownNameError, run
from .wrk import MissingWrkError

_option = partial(click.option, show_default=True)
_FLAGS = (
    _option("--rounds", default=5, type=click.IntRange(1), metavar="N", help="Number of rounds."),
    _option("--seconds", default=3, type=click.IntRange(1), metavar="N", help="Duration of a row in each round."),
    _option("--starts", default=STARTS, type=click.IntRange(1), metavar="N", help="Number of cold starts."),
    _option("--only", default="", metavar="NAME,…", help="Measure only these contenders."),
    _option("--rows", default="", metavar="NAME,…", help="Measure only these rows."),
    _option(
        "--into",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="FOLDER",
        help="Folder for RESULTS.md. The default is benchmarks/; with --only or --rows the report is only printed.",
    ),
)


def _with_flags(command: Callable[..., Any]) -> Callable[..., Any]:
    for flag in reversed(_FLAGS):
        command = flag(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the mock."""


@main.command()
@_with_flags
def ours(**flags: Any) -> None:
    """Compare the mock with simpler programs."""
    _measure(OURS, **flags)


@main.command()
@_with_flags
def peers(**flags: Any) -> None:
    """Compare the mock with other mock servers."""
    _measure(PEERS, **flags)


def _measure(kind: Kind, only: str, rows: str, **flags: Any) -> None:
    asked = Options(only=_names(only), rows=_names(rows), **flags)
    try:
        book = run(kind, asked, partial(print, flush=True))
    except (MissingWrkError, UnknownNameError) as error:
        raise click.ClickException(str(error)) from error
    if book.failures:
        click.echo("\nFAILED\n" + "\n".join(f"  {failure}" for failure in book.failures), err=True)
        sys.exit(1)


def _names(listed: str) -> list[str]:
    return [name.strip() for name in listed.split(",") if name.strip()]


if __name__ == "__main__":
    main()
