"""The server of a contender, from its first answer until the context is left."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO

from . import processes
from .client import Client, wait
from .contenders import Beside, Contender
from .cores import Cores, on

_START_SECONDS = 120
_STOP_SECONDS = 10
_MAX_OUTPUT_CHARACTERS = 300


class ServingError(Exception):
    """A contender did not answer. The message ends with its last output."""


@dataclass(frozen=True)
class Server:
    """A running server. pids: its processes, whose children are included; started: seconds until it answered."""

    contender: Contender
    port: int
    pids: tuple[int, ...]
    started: float

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self.pids)

    def memory(self) -> processes.Memory:
        return processes.memory(self.pids)

    def client(self) -> Client:
        return Client(self.port, self.contender.prefix)


@contextmanager
def serving(contender: Contender, cores: Cores) -> Iterator[Server]:
    """Start a contender on the server's core; raise ServingError."""
    if contender.lacks:
        raise ServingError(contender.lacks)
    with ExitStack() as stack:
        with on(cores.server):
            beside = stack.enter_context(contender.beside())
        yield stack.enter_context(_started(contender, beside, cores))


@contextmanager
def _started(contender: Contender, beside: Beside, cores: Cores) -> Iterator[Server]:
    port = _free_port()
    with tempfile.TemporaryFile("w+", errors="replace") as log:
        began = time.monotonic()
        process = _spawned(contender, contender.command(port, beside), cores, log)
        try:
            with Client(port, contender.prefix) as client:
                answered = wait(client, lambda: process.poll() is None, _START_SECONDS)
            if answered is None:
                raise ServingError(f"it does not answer: {_last_output(log)}")
            yield Server(contender, port, (process.pid, *beside.pids), answered - began)
        finally:
            _stop(process)


def _spawned(contender: Contender, command: list[str], cores: Cores, log: IO[str]) -> subprocess.Popen[str]:
    environment = {**os.environ, **contender.environment}
    with on(cores.server):
        try:
            return subprocess.Popen(
                command,
                cwd=contender.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        except OSError as error:
            raise ServingError(f"{command[0]} cannot be started: {error.strerror}") from error


def _stop(process: subprocess.Popen[str]) -> None:
    """Stop the server with all its children, which are its process group."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(_STOP_SECONDS)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _last_output(log: IO[str]) -> str:
    log.seek(0)
    return " ".join(log.read().split())[-_MAX_OUTPUT_CHARACTERS:] or "no output"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
