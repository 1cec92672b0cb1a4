"""A recording sent to a mock in virtual time: fresh worlds, the recorded order, the clock at each recorded instant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from msgspec import structs

from contract_tests.client.control import Control
from contract_tests.client.masking import Secret
from contract_tests.comparison.comparator import started_at
from contract_tests.comparison.facts import (
    WITHOUT_TOKEN,
    entries_of,
    failed,
    foreign_lock,
    is_generation,
    served,
)
from contract_tests.comparison.intervals import narrowed
from contract_tests.comparison.leaving_out import reason_to_leave_out
from contract_tests.comparison.reissue import Reissued, Sender
from contract_tests.comparison.requests import parameters
from contract_tests.comparison.state import roles_of, states
from contract_tests.errors import InconclusiveError, TargetLostError
from contract_tests.oracle.engines import engine_field
from contract_tests.recordings.model import RecordedExchange, Recording
from contract_tests.runner.target import Target

_MAX_THREADS = 32
_STARTED_WITHIN_SECONDS = 5.0
_ANSWERED_WITHIN_SECONDS = 5.0
_PAUSE_SECONDS = 0.001
_LONG_ENOUGH_SECONDS = 3600
_INVALID_TOKEN = "demo-invalid"  # a ready-made account of the mock (fixtures/accounts.yaml)
_LOCK_SENSITIVE = frozenset({"checkAvailability", "generateImage"})
_FAILURE = [{"fault": "upstream-failure", "operation": "generateImage", "times": 1}]


@dataclass
class Played:
    """The exchanges that were sent again, those that were not and why, and the reason of an early end."""

    reissued: dict[int, Reissued] = field(default_factory=dict)
    left_out: dict[int, str] = field(default_factory=dict)
    stopped: str | None = None


def replay_tokens(target: Target) -> dict[str, Secret]:
    """Return a token for each role: invented ones, since a replay sets the state of its accounts."""
    roles = ("primary", "secondary", "empty", "low", "limited", "almost_limited", "slow", "busy")
    invented = {role: Secret(f"replay-{role.replace('_', '-')}") for role in roles}
    refused = target.accounts.get("invalid")
    return {**invented, "invalid": (refused and refused.token) or Secret(_INVALID_TOKEN)}


class Replay:
    """Plays a recording once. behaviour: the settings of the mock, as far as it tells them."""

    def __init__(
        self,
        recording: Recording,
        sender: Sender,
        control: Control,
        tokens: Mapping[str, Secret],
        behaviour: Mapping[str, Any],
    ) -> None:
        self._recording, self._sender, self._control, self._tokens = recording, sender, control, tokens
        self._start_ms = round(started_at(recording.manifest.started_at) * 1000)
        # Accounts that share a lock share a clock.
        self._one_clock = behaviour.get("lock_scope") == "global"
        self._queues = frozenset(behaviour.get("queued_engines") or ())
        self._roles = {exchange.number: exchange.role for exchange in recording.exchanges}
        self._clocks: dict[str, int] = {}
        self._durations: dict[str, float] = {}
        self._locked: set[str] = set()
        self._running: dict[int, Future[Reissued]] = {}
        self._pool = ThreadPoolExecutor(_MAX_THREADS)
        self.played = Played()

    def play(self) -> Played:
        """Send every request of the recording; stop where the mock does not answer any more."""
        try:
            self._open()
            for step in steps_of_recording(narrowed(self._recording.exchanges)):
                (self._receive if step.receives else self._send)(step.exchange)
        except (TargetLostError, InconclusiveError) as error:
            self.played.stopped = str(error)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._close()
        return self.played

    def _open(self) -> None:
        for role, state in states(self._recording):
            self._control.renew(self._tokens[role])
            self._move(role, self._start_ms)
            self._control.change(self._tokens[role], **state)
            self._durations[role] = 0

    def _close(self) -> None:
        """Let the clocks run again, since a mock may have one for all accounts."""
        with suppress(TargetLostError, InconclusiveError):
            for role in roles_of(self._recording):
                self._control.move(self._tokens[role], freeze=False)

    # The steps

    def _send(self, exchange: RecordedExchange) -> None:
        if reason := reason_to_leave_out(exchange):
            self.played.left_out[exchange.number] = reason
            return
        if exchange.role not in WITHOUT_TOKEN:
            self._prepare(exchange)
        if not (is_generation(exchange) and served(exchange) and exchange.role not in WITHOUT_TOKEN):
            self._try(exchange, lambda: self._sender.send(exchange))
            return
        before = sum(1 for each in self._running if self._roles[each] == exchange.role)
        running = self._running[exchange.number] = self._pool.submit(self._sender.send, exchange)
        self._until(lambda: running.done() or self._world(exchange)["running"] > before)

    def _receive(self, exchange: RecordedExchange) -> None:
        running = self._running.pop(exchange.number, None)
        if running is None:
            return
        self._move(exchange.role, self._at(exchange.received))
        done, _ = wait([running], timeout=_ANSWERED_WITHIN_SECONDS)
        if not done:
            self._control.move(self._tokens[exchange.role], advance=_LONG_ENOUGH_SECONDS)
            wait([running], timeout=_ANSWERED_WITHIN_SECONDS)
        if not running.done():
            raise InconclusiveError(f"the mock did not answer exchange {exchange.number} although its time has come")
        self._try(exchange, running.result)

    def _try(self, exchange: RecordedExchange, send: Callable[[], Reissued]) -> None:
        try:
            reissued = send()
        except InconclusiveError as error:
            self.played.left_out[exchange.number] = str(error)
            return
        # In virtual time it took as long as the recorded one.
        at_recorded_time = structs.replace(reissued.exchange, sent=exchange.sent, received=exchange.received)
        self.played.reissued[exchange.number] = Reissued(at_recorded_time, reissued.evidence)

    # The state of the world

    def _prepare(self, exchange: RecordedExchange) -> None:
        self._move(exchange.role, self._at(exchange.sent))
        if exchange.operation in _LOCK_SENSITIVE:
            self._set_foreign_lock(exchange)
        if not is_generation(exchange):
            return
        seconds = self._duration(exchange) if served(exchange) else 0
        if self._durations.get(exchange.role) != seconds:
            self._control.change(self._tokens[exchange.role], generation_time=seconds)
            self._durations[exchange.role] = seconds
        if failed(exchange):
            self._control.set_faults(self._tokens[exchange.role], _FAILURE)

    def _set_foreign_lock(self, exchange: RecordedExchange) -> None:
        """Let another client hold the lock where the recording shows that one did, as it always does for `busy`."""
        token, foreign = self._tokens[exchange.role], foreign_lock(exchange, self._recording.exchanges)
        name = self._shared(exchange.role)
        if foreign and name not in self._locked:
            self._control.change(token, lock={"until": None})
            self._locked.add(name)
        elif not foreign and name in self._locked:
            self._control.change(token, lock=None)
            self._locked.remove(name)

    def _duration(self, exchange: RecordedExchange) -> float:
        """Return how long a generation took: until its reply, or until a queued image was seen to be ready."""
        ends = exchange.received
        queued = {entry.get("id") for entry in entries_of(exchange) if entry.get("status") == "IN_QUEUE"}
        # A mock that does not queue the engine answers when the picture is ready.
        if queued and parameters(exchange.request).get(engine_field()) in self._queues:
            ends = min(self._seen_ready(queued), default=exchange.received + _LONG_ENOUGH_SECONDS)
        return (self._at(ends) - self._at(exchange.sent)) / 1000

    def _seen_ready(self, ids: set[Any]) -> Iterator[float]:
        for later in self._recording.exchanges:
            for entry in entries_of(later) if later.operation == "getRecentImages" else ():
                if entry.get("id") in ids and entry.get("status") != "IN_QUEUE":
                    yield later.sent

    def _world(self, exchange: RecordedExchange) -> Any:
        return self._control.world(self._tokens[exchange.role])

    def _until(self, condition: Callable[[], bool]) -> None:
        for _ in range(round(_STARTED_WITHIN_SECONDS / _PAUSE_SECONDS)):
            if condition():
                return
            wait(list(self._running.values()), timeout=_PAUSE_SECONDS, return_when="FIRST_COMPLETED")
        raise InconclusiveError("the mock neither started nor answered a generation")

    def _at(self, seconds: float) -> int:
        """Return an instant of the recording in milliseconds since 1970."""
        return self._start_ms + round(seconds * 1000)

    def _shared(self, role: str) -> str:
        """Return the name under which an account has its lock and its clock."""
        return "" if self._one_clock else role

    def _move(self, role: str, at_ms: int) -> None:
        name = self._shared(role)
        if self._clocks.get(name, -1) < at_ms:
            instant = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
            self._control.move(self._tokens[role], freeze=True, set=instant)
            self._clocks[name] = at_ms


@dataclass(frozen=True)
class Step:
    """The request of an exchange, or its reply."""

    exchange: RecordedExchange
    receives: bool


def steps_of_recording(exchanges: Sequence[RecordedExchange]) -> list[Step]:
    """Return the sends and receives of a recording in their order; a reply at the instant of a request precedes it."""
    timed = [(each.sent, 1, each.number, Step(each, receives=False)) for each in exchanges]
    # A reply never precedes its own request, however coarse the clock was.
    timed += [(max(each.received, each.sent + 1e-9), 0, each.number, Step(each, receives=True)) for each in exchanges]
    return [step for *_, step in sorted(timed, key=lambda entry: entry[:3])]
