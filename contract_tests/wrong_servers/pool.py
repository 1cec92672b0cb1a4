"""Trials in processes of their own, forked from one that has imported everything, and ended together."""

import multiprocessing
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import FrameType
from typing import Any, TypeVar, cast

T = TypeVar("T")
_PRELOADED = ["contract_tests.wrong_servers.preloaded", "contract_tests.wrong_servers.selftest"]
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Pool:
    """`folder` is for temporary files of the trials."""

    executor: ProcessPoolExecutor
    folder: str

    def submit(self, function: Callable[..., T], *arguments: Any) -> Future[T]:
        return self.executor.submit(_work, self.folder, function, arguments)


@contextmanager
def trial_pool(workers: int) -> Iterator[Pool]:
    """Yield a pool. An interrupt or a termination ends its processes, and raises KeyboardInterrupt."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    interrupted = threading.Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        # An exception raised here can be lost, in a finalizer for example. Without workers the pool is broken, which is
        # noticed in any case.
        interrupted.set()
        if not _end_workers():
            signal.default_int_handler(number, frame)

    before = {number: signal.signal(number, interrupt) for number in _SIGNALS}
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as executor,
        ):
            try:
                yield Pool(executor, folder)
            except BaseException:  # the executor would wait for the other trials
                _end_workers()
                raise
    except (BrokenProcessPool, OSError):
        # The executor may fail in other ways, too, while its processes end.
        if interrupted.is_set():
            raise KeyboardInterrupt from None
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _work(folder: str, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    os.setpgrp()  # so that its server can be ended with it
    tempfile.tempdir = folder
    return function(*arguments)


def _end_workers() -> bool:
    """End all trials and their servers; return whether there were any."""
    workers = multiprocessing.active_children()
    for worker in workers:
        with suppress(ProcessLookupError):  # it may not lead a group yet
            os.killpg(cast("int", worker.pid), signal.SIGKILL)
        worker.kill()
    return bool(workers)
