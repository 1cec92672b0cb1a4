"""The mock inside another program: from its import to the first answer."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

from .book import Book
from .contenders import ROOT
from .cores import Cores, on

_PROGRAM = Path(__file__).with_name("embedded.py")
_SECONDS = 60


def run(cores: Cores, starts: int, book: Book, say: Callable[[str], None]) -> None:
    """Run the program `starts` times, each in a new interpreter."""
    with on(cores.server):
        for _ in range(starts):
            for step, taken in _steps().items():
                book.in_process.setdefault(step, []).append(taken)
    for step, milliseconds in book.in_process.items():
        say(f"in process: {step:<40} {median(milliseconds):>8.0f} ms")


def _steps() -> dict[str, float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    called = [sys.executable, "-P", str(_PROGRAM)]
    done = subprocess.run(called, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=True)
    steps: dict[str, float] = json.loads(done.stdout)
    return steps
