"""Standard output and error of the command, which must not end a run."""

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast


def prepare_output() -> None:
    """Let a run continue whatever the encoding is, and if the reader of its output leaves or the disk is full."""
    sys.stdout, sys.stderr = lenient(sys.stdout), lenient(sys.stderr)


def lenient(stream: TextIO | None) -> TextIO:
    """Return a stream that escapes what it cannot encode, and discards what it cannot write."""
    if stream is None:  # it was closed before the start
        stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  open until the end
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return cast("TextIO", _Lenient(stream))


class _Lenient:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            self._stream.write(text)
        except OSError:
            self._discard()
        return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._discard()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _discard(self) -> None:
        """Send everything from now on to nowhere, also what is still buffered, which Python would write at its end."""
        with suppress(OSError), Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), self._stream.fileno())
