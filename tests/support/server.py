"""The mock in its own process, on its own port."""

import re
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Server:
    """`aiimage-mock serve` with the given flags. It answers when the block begins, and ends with the block."""

    def __init__(self, *flags: str, command: tuple[str, ...] = (sys.executable, "-m", "mock_server")) -> None:
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed when the server is left)
        self.process = subprocess.Popen(
            [*command, "serve", "--port", "0", *flags], stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        self.greeting = self._greeting()
        self.origin = re.findall(r"http://[^/\s]+", self.greeting)[0]
        self.base_url = f"{self.origin}/api/v1"
        address = urlsplit(self.origin)
        self.host, self.port = str(address.hostname), int(address.port or 0)

    def log(self) -> str:
        """Return the log of the server so far."""
        self._log.seek(0)
        return self._log.read()

    def stop(self) -> str:
        """Send SIGTERM as a supervisor does, and return the complete log."""
        self.process.terminate()
        self.process.wait()
        return self.log()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.communicate()
        self._log.close()

    def _greeting(self) -> str:
        assert self.process.stdout
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                return "".join(lines)
        raise AssertionError(f"the server did not start: {self.log()}")
