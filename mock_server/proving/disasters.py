"""Disasters of a scenario, in this process: the mock on virtual time, one run after another."""

import atexit
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from mock_server.client import Control
from mock_server.configuration import Settings
from mock_server.embedding import default_settings
from mock_server.testing import AiimageMock

from .observed import Ended, Run
from .patches import patches
from .points import Schedule
from .stage import MAX_REQUESTS, Theatre
from .virtual_time import Interrupted

Scenario = Callable[[AiimageMock], Any]


def observe(theatre: Theatre, schedule: Schedule, scenario: Callable[[], Any]) -> Run:
    """Run a scenario once, with the failures of a schedule, and return what was observed."""
    result, problem = None, None
    with theatre.run(schedule):
        try:
            result = scenario()
        except Interrupted:
            pass
        except Exception as error:
            problem = error
        interrupted = theatre.time.interrupted
    requests, images = theatre.settle()
    if interrupted:
        ended, said = interrupted, {"hang": "it waited", "storm": f"more than {MAX_REQUESTS} requests"}[interrupted]
    elif problem:
        ended, said = "failure", f"{type(problem).__name__}: {problem}".splitlines()[0][:200]
    else:
        ended, said = "success", f"returned {result!r:.60}"
    return Run(ended, said, tuple(requests), tuple(images))
