"""A run that is interrupted, as a process, while it waits for a reply."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Semaphore
from typing import ClassVar

import pytest

from support.listening import Handler, listening

ROOT = Path(__file__).parents[3]
# Far less than the timeout of a reply, and enough for a busy machine.
MAX_SECONDS = 10
REPORTS = {"junit.xml", "report.html", "report.json", "summary.md"}


class Tar(Handler):
    """A service whose generations never end; `stuck` counts the running ones."""

    stuck: ClassVar[Semaphore]
    free: ClassVar[Event]

    def answer(self) -> None:
        self.read()
        if self.command == "GET":
            self.send_json(200, [] if "recent" in self.path else {"status": "success", "message": "free"})
        elif self.headers.get("authorization") is None:
            self.send_json(401, {"message": "Unauthenticated."})
        else:
            self.stuck.release()
            self.free.wait()


@pytest.fixture
def tar() -> Iterator[str]:
    Tar.stuck, Tar.free = Semaphore(0), Event()
    with listening(Tar) as host:
        yield f"http://{host}/api/v1"
        Tar.free.set()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rules", "stuck", "signal_", "status"),
    [
        # Two generations wait: the first in a thread, the second in the main thread.
        ("LOCK-ONE", 2, signal.SIGINT, 3),
        # AUTH is violated before, since check-availability needs no token here.
        ("LOCK-ONE,AUTH", 1, signal.SIGTERM, 1),
    ],
)
def test_an_interrupted_run_ends_at_once_with_all_its_reports(
    tmp_path: Path, tar: str, rules: str, stuck: int, signal_: signal.Signals, status: int
) -> None:
    command = [sys.executable, "-m", "contract_tests", "run", "--token", "canary", "--only", rules]
    arguments = ["--base-url", tar, "--report", str(tmp_path / "report")]
    with subprocess.Popen(
        [*command, *arguments], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as started:
        reached = all(Tar.stuck.acquire(timeout=60) for _ in range(stuck))
        sent = time.monotonic()
        started.send_signal(signal_ if reached else signal.SIGKILL)
        output, _ = started.communicate()
        took = time.monotonic() - sent
    assert started.returncode == status, output
    assert took < MAX_SECONDS
    assert "Traceback" not in output
    assert {path.name for path in (tmp_path / "report").iterdir()} == REPORTS
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["stopped"] == f"the run was interrupted ({signal_.name})"
    # No reply yet, so both may have been served.
    assert report["credits"]["spent"] == stuck
    assert {rule["id"]: rule["verdict"] for rule in report["rules"]}["LOCK-ONE"] == "inconclusive"
