"""The options that several commands share, and the checks of the files that they name."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from contract_tests.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
Option = Callable[[F], F]


class WholeNumber(click.IntRange):
    """A whole number in a range. Errors call it so, and not an integer range."""

    name = "whole number"


def together(*options: Option[Any]) -> Option[Any]:
    """Return one decorator for several options, which the help lists in this order."""

    def apply(command: F) -> F:
        # Reversed, since the option applied last comes first in the help.
        for option in reversed(options):
            command = option(command)
        return command

    return apply


TARGET_HELP = "The target file: where the service is, accounts, budget."
SERVICE = together(
    click.option("--target", metavar="FILE", show_default="none: give --base-url", help=TARGET_HELP),
    click.option(
        "--base-url", metavar="URL", show_default="none: give --target", help="The service, without a target file."
    ),
    click.option("--token", metavar="T", show_default="the variable AIIMAGE_TOKEN", help="The token for --base-url."),
    click.option(
        "--token-env",
        metavar="NAME",
        show_default="AIIMAGE_TOKEN",
        help="The environment variable with the token for --base-url.",
    ),
)
YES = click.option("--yes", is_flag=True, help="Spend credits at a remote service without asking.")


def max_credits(limit: str = "the limit of the target", hint: str = "") -> Option[Any]:
    """Return the option --max-credits. limit: what applies without it."""
    text = f"Never spend more than N credits.{hint}"
    return click.option("--max-credits", type=WholeNumber(0), metavar="N", show_default=limit, help=text)


def seed(of: str) -> Option[Any]:
    """Return the option --seed. of: what is drawn by it."""
    text = f"The seed of {of}."
    return click.option("--seed", type=WholeNumber(0), metavar="N", show_default="a random one", help=text)


def file_to_write(flag: str, file: str | None) -> Path | None:
    """Return the path that an option names; raise UsageError if no file can be written there."""
    if file is None:
        return None
    path = Path(file)
    if not path.parent.is_dir() or path.is_dir():
        raise UsageError(f"{flag}: {path} cannot be written: no such folder, or it is a folder.")
    return path


def folder_to_fill(flag: str, folder: Path | None) -> Path | None:
    """Return the folder that an option names, which is created; raise UsageError if it cannot be."""
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{flag}: the folder {folder} cannot be created: {error.strerror}.") from None
    return folder
