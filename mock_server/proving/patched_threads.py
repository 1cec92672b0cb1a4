"""The threads of a client become known: when it starts them, and when it gives work to a pool or an event loop."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .client_threads import quietly
from .virtual_run import runs
from .virtual_time import Interrupted


def patch_threads() -> None:
    """Add threads to those of the client."""
    for owner, name, patched in (
        (threading.Thread, "start", _starts),
        (ThreadPoolExecutor, "submit", _submits),
        (asyncio.BaseEventLoop, "call_soon_threadsafe", _schedules),
    ):
        setattr(owner, name, patched(getattr(owner, name)))


def _starts(original: Any) -> Any:
    def start(thread: Any) -> None:
        run = runs.of_client()
        if run is None or thread.ident or not run.clients.add(thread):
            original(thread)
            return
        thread.run = quietly(thread.run, Interrupted)
        try:
            original(thread)
        except RuntimeError:
            run.clients.discard(thread)
            raise

    return start


def _submits(original: Any) -> Any:
    def submit(pool: Any, function: Any, /, *arguments: Any, **named: Any) -> Any:
        run = runs.of_client()
        if run is None:
            return original(pool, function, *arguments, **named)
        for thread in pool._threads.copy():
            run.clients.add(thread)
        work = original(pool, function, *arguments, **named)
        run.clients.add_work(work, pool._work_queue)
        return work

    return submit


def _schedules(original: Any) -> Any:
    def call_soon_threadsafe(loop: Any, *arguments: Any, **named: Any) -> Any:
        if (run := runs.of_client()) and loop.is_running():
            for thread in threading.enumerate():
                if thread.ident == loop._thread_id:
                    run.clients.add(thread)
        return original(loop, *arguments, **named)

    return call_soon_threadsafe
