"""Virtual time for a client: its sleeps, the timeouts of its sockets, its event loops, and the time that it reads.

Patched in `time`, `socket`, `selectors` and `threading`, where every library written in Python finds them; outside of a
run, and in threads that are not the client's, each does what it always did. Not covered: event loops other than those
of asyncio, such as uvloop and trio, `datetime.now`, and the timeouts of `threading` and `queue`. These have real time.
"""

import gc
import math
import sys
import time
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

from mock_server.client import Control
from mock_server.domain.clock import SECOND

from .patched_sockets import patch_selectors, patch_sockets
from .patched_threads import patch_threads
from .virtual_run import READS, runs

# The standard library waits with real locks by these names; pytest, and the mock's server, measure real time.
_KEEP = sys.stdlib_module_names | {"_pytest", "pytest", "mock_server", "uvicorn"}


@cache
def install() -> None:
    """Patch this process, once: modules keep references to what is patched."""
    replaced: dict[int, Any] = {id(time.sleep): _sleep(time.sleep)}
    time.sleep = replaced[id(time.sleep)]
    for name, units in READS.items():
        original = getattr(time, name)
        replaced[id(original)] = _read(name, original, units)
        setattr(time, name, replaced[id(original)])
    _replace_references(replaced)
    patch_threads()
    patch_sockets()
    patch_selectors()
    _patch_control()


def _sleep(original: Callable[[float], None]) -> Callable[[float], None]:
    def sleep(seconds: float, /) -> None:
        run = runs.of_client()
        if run is None:
            original(seconds)
        elif seconds < 0:
            raise ValueError("sleep length must be non-negative")
        else:
            run.time.block(lambda: False, run.time.now() + math.ceil(seconds * SECOND))

    return sleep


def _read(name: str, original: Callable[[], Any], units: int) -> Callable[[], Any]:
    def read() -> Any:
        run = runs.of_client()
        if run is None:
            return original()
        elapsed = run.time.read() - run.start
        return run.base[name] + (elapsed / SECOND if units == 1 else elapsed * units // SECOND)

    return read


def _patch_control() -> None:
    """Let the control API have real time: a call of it is not a step of the client."""
    original = Control.call

    def call(control: Control, method: str, path: str, body: object = None) -> Any:
        with runs.real_time():
            return original(control, method, path, body)

    setattr(Control, "call", call)  # noqa: B010 (to mypy it is a method)


def _replace_references(replaced: dict[int, Any]) -> None:
    """Replace the functions that modules have imported by name, as in `from time import sleep`."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in _KEEP:
            continue
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            if id(value) in replaced:
                setattr(module, attribute, replaced[id(value)])
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__defaults__ and str(each.__module__).partition(".")[0] not in _KEEP:
            each.__defaults__ = tuple(replaced.get(id(value), value) for value in each.__defaults__)
