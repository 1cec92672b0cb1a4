"""A project with tests of its own, run by a pytest of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

# Plugins that such tests have no need of, and that take a second to load.
LEFT_OUT = [f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "hypothesispytest", "faker", "anyio")]


class Project:
    """A folder with a test file. Its tests may note something: a line of JSON in the file that $NOTES names.

    head: what the file begins with.
    """

    def __init__(self, folder: Path, head: str = "") -> None:
        self._folder = folder
        self._head = head
        self._notes = folder / "notes"

    def pytest(self, tests: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run these tests, warnings as errors."""
        (self._folder / "test_it.py").write_text(self._head + tests)
        self._notes.write_text("")
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-W", "error", "--color=no", *LEFT_OUT, *flags],
            cwd=self._folder,
            env={"PATH": "/usr/bin:/bin", "NOTES": str(self._notes), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def passes(self, tests: str, *flags: str, **environment: str) -> list[dict[str, Any]]:
        """Run these tests, fail with all that is said where one fails, and return what they have noted."""
        done = self.pytest(tests, *flags, **environment)
        assert done.returncode == 0, done.stdout
        return [json.loads(line) for line in self._notes.read_text().splitlines()]
