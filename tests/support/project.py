"""A project with its own tests, run by a separate pytest."""

import gc
import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

# Plugins that such tests do not need, and that take a second to load.
OMITTED = [f"-pno:{name}" for name in ("cacheprovider", "schemathesis", "hypothesispytest", "faker", "anyio")]
# A pytest in this process must not replace what the pytest around it has set up.
_OMITTED_HERE = ["-pno:faulthandler", "-pno:xdist"]
_FLAGS = ["-W", "error", "--color=no", *OMITTED]


class Project:
    """A folder with a test file. Its tests may note something: a line of JSON in the file that $NOTES names.

    head: the beginning of the file. alone: each run is a process of its own; otherwise only a run with -n is.
    """

    def __init__(self, folder: Path, head: str = "", alone: bool = False) -> None:
        self._folder = folder
        self._head = head
        self._alone = alone
        self._notes = folder / "notes"

    def pytest(self, tests: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run these tests, with warnings as errors; return exit status and output."""
        (self._folder / "test_it.py").write_text(self._head + tests)
        self._notes.write_text("")
        if self._alone or not {"-n", "--testrunuid"}.isdisjoint(flags):
            return self._process(*_FLAGS, *flags, **environment)
        return self._here(*_FLAGS, *_OMITTED_HERE, *flags, **environment)

    def passes(self, tests: str, *flags: str, **environment: str) -> list[dict[str, Any]]:
        """Run these tests, assert that all pass, and return their notes."""
        done = self.pytest(tests, *flags, **environment)
        assert done.returncode == 0, done.stdout
        return [json.loads(line) for line in self._notes.read_text().splitlines()]

    def _process(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=self._folder,
            env={"PATH": "/usr/bin:/bin", "NOTES": str(self._notes), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _here(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        printed = io.StringIO()
        gc.collect()  # a warning about an object of this process must not fail a test of the project
        with pytest.MonkeyPatch.context() as patched, redirect_stdout(printed), redirect_stderr(printed):
            patched.chdir(self._folder)
            patched.setattr(sys, "path", list(sys.path))
            for name in [name for name in os.environ if name.startswith(("PYTEST_", "AIIMAGE_"))]:
                patched.delenv(name)
            for name, value in {"NOTES": str(self._notes), **environment}.items():
                patched.setenv(name, value)
            try:
                status = pytest.main([f"--rootdir={self._folder}", *arguments])
            finally:
                sys.modules.pop("test_it", None)
        return subprocess.CompletedProcess(arguments, int(status), printed.getvalue())
