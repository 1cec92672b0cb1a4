"""An account of the mock for one test, with a given state and a clock that is frozen and advanced."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, Literal

from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.control import Control
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import Fields, engine_of
from contract_tests.oracle.replies import made, own_limit
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

Edge = Literal["lock-expiry", "generation-end", "day-reset"]
_STARTED_WITHIN = 10.0
_ANSWERED_WITHIN = 10.0
_LONG_ENOUGH = 3600
_PAUSE = 0.005
_PATIENCE = 0.2
_MAX_THREADS = 8


class World:
    """An account opened in a given state; the keys are those of the control API, `credits` for example."""

    def __init__(self, run: Run, verdict: Verdict, control: Control, **state: Any) -> None:
        self._run, self._verdict = run, verdict
        self._transport, self._control = run.transport, control
        self._pool = ThreadPoolExecutor(_MAX_THREADS)
        self._running: list[Running] = []
        self.api = Api(run, verdict, run.fresh_account())
        if run.target.lock_scope == "global":
            # An earlier generation of another account may have left the lock behind [LOCK-RELEASE].
            self.api.await_unlocked()
        self._note(control.open(self.api.token, state))

    @property
    def trail(self) -> tuple[Reply, ...]:
        """Every call of this account so far, including those of the control API."""
        return tuple(self.api.trail)

    def state(self) -> Any:
        return self._control.world(self.api.token)

    def change(self, **state: Any) -> None:
        self._note(self._control.change(self.api.token, **state))

    def freeze(self) -> None:
        self._note(self._control.move(self.api.token, freeze=True))

    def advance(self, seconds: float) -> None:
        self._note(self._control.move(self.api.token, advance=seconds))

    def advance_to(self, edge: Edge, offset_ms: int = 0) -> None:
        """Move the clock to the next edge of that kind, plus an offset in milliseconds."""
        self._note(self._control.move(self.api.token, advance_to=edge, offset_ms=offset_ms))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze the clock within the context; at the end every generation is completed."""
        self.freeze()
        try:
            yield
        finally:
            self._control.move(self.api.token, advance=_LONG_ENOUGH)
            self._control.move(self.api.token, freeze=False)
            wait([running.future for running in self._running], timeout=_ANSWERED_WITHIN)
            # A service that never answers must not hold up the run.
            self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, fields: Fields) -> "Running":
        """Request a generation; return once the service has started or answered it.

        Raises what the request raises, BudgetExceededError for example.
        """
        running, settled = self._request(fields)
        if not settled:
            raise InconclusiveError(f"a request was neither started nor answered within {_STARTED_WITHIN:g} s")
        return running.or_raise()

    def begin_simplest(self) -> "Running":
        """Begin the simplest generation that the service does not refuse for a limit of its own.

        Raise InconclusiveError if every one is refused for such a limit, or if it is queued: then it need not run after
        its reply. [QUEUED]
        """
        while True:
            fields = self.api.simplest
            running = self.begin(fields)
            if not running.answered or self.api.simplest == fields:
                break
        if running.answered and (limit := own_limit(fields, running.reply())):
            raise InconclusiveError(f"the service refuses {limit}, so that no generation runs")
        engine = engine_of(fields)
        if running.answered and engine and engine.queues and made(running.reply()):
            raise InconclusiveError(f"{engine.name} answers at once, and a reply does not show that a generation runs")
        return running

    def request(self, fields: Fields) -> "Running":
        """Request a generation as `begin` does, also if the service keeps the request waiting."""
        running, _ = self._request(fields)
        return running.or_raise()

    def reply(self, running: "Running") -> Reply:
        """Return the reply, also of a request that was started only after the clock had been advanced."""
        deadline = self._transport.clock() + _ANSWERED_WITHIN
        while not running.answered and self._transport.clock() < deadline:
            self.advance(_LONG_ENOUGH)
            wait([running.future], timeout=_PATIENCE)
        return running.reply()

    def anonymous(self) -> Api:
        """Return the API as a client without a token calls it."""
        return Api(self._run, self._verdict, self._run.accounts["anonymous"])

    def _request(self, fields: Fields) -> "tuple[Running, bool]":
        """Return the request, and whether the service has started or answered it."""
        before = self.state()
        running = Running(self._pool.submit(self.api.generate, fields))
        self._running.append(running)
        deadline = self._transport.clock() + _STARTED_WITHIN
        while self._transport.clock() < deadline and not running.answered:
            wait([running.future], timeout=_PAUSE)
            if _has_started(before, self.state()):
                return running, True
        return running, running.answered

    def _note(self, reply: Reply) -> None:
        self.api.trail.append(reply)


def _has_started(before: Any, after: Any) -> bool:
    """Return whether one more generation runs."""
    return bool(after["running"] > before["running"])


class Running:
    """A generation in a thread of its own."""

    def __init__(self, future: Future[Reply]) -> None:
        self.future = future

    @property
    def answered(self) -> bool:
        return self.future.done()

    def or_raise(self) -> "Running":
        """Return self, or raise what the request raised."""
        if self.answered:
            self.future.result()
        return self

    def reply(self) -> Reply:
        """Return the reply; the clock must have passed the end of the generation."""
        done, _ = wait([self.future], timeout=_ANSWERED_WITHIN)
        if not done:
            raise InconclusiveError("a generation was not answered although the clock has passed its end")
        return self.future.result()
