"""Standard output and error of the command: a mock serves whether or not its output can be written."""

import errno
import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

import click


class BadUsageError(click.ClickException):
    """A usage error: one sentence on standard error, exit status 2."""

    exit_code = 2


class Program(click.Group):
    """A group of commands that never ends because its output is closed or full."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        prepare_output()
        try:
            return super().main(*args, **kwargs)
        finally:
            sys.stdout.flush()


def prepare_output() -> None:
    """Discard what cannot be written to standard output and error from now on."""
    sys.stdout, sys.stderr = _lenient(sys.stdout), _lenient(sys.stderr)


def print_document(text: str) -> None:
    """Print a text that is the purpose of a command, and exit with status 1 if it cannot be written."""
    click.echo(text, nl=False)
    sys.stdout.flush()
    error = getattr(sys.stdout, "error", None)
    if error is None:
        return
    if error.errno == errno.EPIPE:  # the reader has what it wants
        sys.exit(1)
    raise click.ClickException(f"standard output cannot be written: {error.strerror}")


def _lenient(stream: "TextIO | _Lenient | None") -> TextIO:
    if isinstance(stream, _Lenient):
        return cast("TextIO", stream)
    error = None
    if stream is None:  # it was closed before the start
        stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (open until the end)
        error = OSError(errno.EBADF, "it is closed")
    elif isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return cast("TextIO", _Lenient(stream, error))


class _Lenient:
    """A stream that discards everything after an error, which it stores."""

    def __init__(self, stream: TextIO, error: OSError | None) -> None:
        self._stream = stream
        self.error = error

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except OSError as error:
            self._discard(error)
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._discard(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _discard(self, error: OSError) -> None:
        self.error = error
        # The buffer goes to nowhere, too: Python would write it at its end, and fail.
        with suppress(OSError), Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())
