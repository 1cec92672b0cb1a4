"""A recording sent to the service again: in the recorded order, in real time where the time matters."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from msgspec import structs

from contract_tests.client.transport import Transport
from contract_tests.comparison.facts import (
    ARRIVAL_SECONDS,
    LOCKED,
    RELEASE_SECONDS,
    entries_of,
    holding,
    is_generation,
    met_no_lock,
    served,
    status_of,
    without_images,
)
from contract_tests.comparison.intervals import narrowed
from contract_tests.comparison.leaving_out import reason_to_leave_out, reasons_of_failures
from contract_tests.comparison.reissue import Reissued, Sender
from contract_tests.comparison.replay import Played, steps_of_recording
from contract_tests.comparison.selection import Selection
from contract_tests.errors import BudgetExceededError, InconclusiveError, TargetLostError
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.recordings.model import RecordedExchange

_MAX_THREADS = 32
# The time since a generation matters while the lock may live, and for as long after as a test of that may have waited.
_LOCK_MATTERS_SECONDS = LOCK_SECONDS + 5
_QUEUE_MATTERS_SECONDS = 120.0
_LOCK_SENSITIVE = frozenset({"checkAvailability", "generateImage"})
_PAUSE_SECONDS = 1.0
_FAILURES = 2
_PARTS = 20
# A request may take so long that the lock ends before it arrives.
_LAST_SECONDS = 1.0


class Drift:
    """Sends the selected exchanges once. Times are seconds since it began, by the clock of the transport."""

    def __init__(self, selection: Selection, sender: Sender, transport: Transport, timeout_seconds: float) -> None:
        reasons = dict(reasons_of_failures(selection.chosen))
        reasons |= {each.number: why for each in selection.chosen if (why := reason_to_leave_out(each))}
        self._exchanges = narrowed([each for each in selection.chosen if each.number not in reasons])
        self._by_number = {each.number: each for each in self._exchanges}
        self._sender, self._transport, self._timeout = sender, transport, timeout_seconds
        self._began = transport.clock()
        self._pending: dict[int, Future[Reissued]] = {}
        self._sent_at: dict[int, float] = {}
        self._pool = ThreadPoolExecutor(_MAX_THREADS)
        self.played = Played(left_out=selection.left_out | reasons)

    def play(self) -> Played:
        """Send every selected request; stop where the service does not answer any more."""
        try:
            for step in steps_of_recording(self._exchanges):
                (self._receive if step.receives else self._send)(step.exchange)
        except (TargetLostError, KeyboardInterrupt) as error:
            self.played.stopped = str(error) or "it was interrupted"
        finally:
            self._collect()
        return self.played

    def _send(self, exchange: RecordedExchange) -> None:
        self._await_moment(exchange)
        if served(exchange):
            self._await_checks()
        self._sent_at[exchange.number] = self._now()
        if self._is_met(exchange):
            self._pending[exchange.number] = self._pool.submit(self._sender.send, exchange, patient=True)
        else:
            self._note(exchange, lambda: self._settled(exchange))

    def _is_met(self, exchange: RecordedExchange) -> bool:
        """Return whether another request was sent before the reply."""
        return any(exchange.sent < other.sent < exchange.received for other in self._exchanges)

    def _receive(self, exchange: RecordedExchange) -> None:
        pending = self._pending.pop(exchange.number, None)
        if pending is not None:
            self._note(exchange, pending.result)

    def _collect(self) -> None:
        wait(list(self._pending.values()), timeout=self._timeout)
        for number, pending in self._pending.items():
            if pending.done():
                self._note(self._by_number[number], pending.result)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _note(self, exchange: RecordedExchange, send: Callable[[], Reissued]) -> None:
        try:
            reissued = send()
        except (InconclusiveError, BudgetExceededError) as error:
            self.played.left_out[exchange.number] = str(error)
            return
        sent, received = reissued.exchange.sent - self._began, reissued.exchange.received - self._began
        timed = structs.replace(reissued.exchange, sent=sent, received=received)
        self.played.reissued[exchange.number] = Reissued(timed, reissued.evidence)
        # It may have been sent several times, and its lock is as old as the last of them.
        self._sent_at[exchange.number] = sent

    def _settled(self, exchange: RecordedExchange) -> Reissued:
        """Send a request, and again where another client's lock or a failed generation hides the answer."""
        reissued = self._sender.send(exchange, patient=True)
        arrived = self._transport.clock() + ARRIVAL_SECONDS
        while self._may_be_early(exchange, reissued) and self._transport.clock() < arrived:
            self._transport.sleep(ARRIVAL_SECONDS / _PARTS)
            reissued = self._sender.send(exchange, patient=True)
        if self._may_be_late(exchange, reissued):
            self._transport.sleep(RELEASE_SECONDS)
            reissued = self._sender.send(exchange, patient=True)
        if not served(exchange):
            return reissued
        deadline, failures = self._when_free(), 0
        while True:
            if without_images(reissued.exchange) and failures < _FAILURES:
                deadline, failures = self._when_free(), failures + 1
            elif self._locked_by_others(reissued) and self._transport.clock() < deadline:
                self._transport.sleep(_PAUSE_SECONDS)
            else:
                return reissued
            reissued = self._sender.send(exchange, patient=True)

    def _may_be_early(self, exchange: RecordedExchange, reissued: Reissued) -> bool:
        """Return whether a check met no lock, as the recorded one did, of a generation that still runs."""
        is_check = exchange.operation == "checkAvailability"
        missed = status_of(exchange) == LOCKED and status_of(reissued.exchange) not in {0, LOCKED}
        return is_check and missed and not all(pending.done() for pending in self._pending.values())

    def _may_be_late(self, exchange: RecordedExchange, reissued: Reissued) -> bool:
        """Return whether a request met a lock, as the recorded one did not, that may just be ending."""
        locked = exchange.operation in _LOCK_SENSITIVE and status_of(reissued.exchange) == LOCKED
        return locked and status_of(exchange) != LOCKED and not self._pending

    def _when_free(self) -> float:
        """Return when a lock that is taken now has expired."""
        return self._transport.clock() + LOCK_SECONDS + 1

    def _locked_by_others(self, reissued: Reissued) -> bool:
        """Return whether a generation met a lock that no generation of this reissue explains."""
        exchange = reissued.exchange
        if not is_generation(exchange) or status_of(exchange) != LOCKED or self._pending:
            return False
        sent, received = exchange.sent - self._began, exchange.received - self._began
        here = structs.replace(exchange, sent=sent, received=received)
        return not any(holding(here, [each.exchange for each in self.played.reissued.values()]))

    # Time

    def _await_moment(self, exchange: RecordedExchange) -> None:
        """Wait as long after a generation as the recording did, where the lock or a queue depends on it."""
        due = self._due(exchange)
        if due is not None and (left := due - self._now()) > 0:
            self._transport.sleep(left)

    def _await_checks(self) -> None:
        """Wait for the checks that met no lock before a generation, so that the service does not read it first."""
        wait([pending for number, pending in self._pending.items() if met_no_lock(self._by_number[number])])

    def _due(self, exchange: RecordedExchange) -> float | None:
        moments = [self._moment_after(other, exchange) for other in self._exchanges if _matters(other, exchange)]
        return max((moment for moment in moments if moment is not None), default=None)

    def _moment_after(self, other: RecordedExchange, exchange: RecordedExchange) -> float | None:
        sent = self._sent_at.get(other.number)
        if sent is None:
            return None
        locked = status_of(exchange) == LOCKED
        # Whatever is far apart in the recording may follow at once if what was between them is left out.
        longest = (
            _QUEUE_MATTERS_SECONDS if locked or exchange.operation not in _LOCK_SENSITIVE else _LOCK_MATTERS_SECONDS
        )
        distance, since = (min(exchange.sent - each, longest) for each in (other.sent, other.received))
        reissued = self.played.reissued.get(other.number)
        if reissued is not None and other.received <= exchange.sent:
            # The lock lives from the request or until the reply, and a generation may take another time now.
            moments = sent + distance, reissued.exchange.received + since
            # A little away from the moment at which the lock ends.
            if not locked:
                return max(moments) + _margin(distance)
            last = sent + LOCK_SECONDS - _LAST_SECONDS if distance <= LOCK_SECONDS else moments[0]
            return min(*moments, last) - _margin(distance)
        if locked and not self._can_be_early(exchange, other):
            # Of two requests that are sent together, either may arrive first.
            distance = max(distance, min(ARRIVAL_SECONDS, (other.received - other.sent) / 2))
        return sent + distance

    def _can_be_early(self, exchange: RecordedExchange, generation: RecordedExchange) -> bool:
        """Return whether a request is asked again until it meets the lock, or the lock was met before."""
        if exchange.operation == "checkAvailability" and not self._is_met(exchange):
            return True
        began = self._sent_at[generation.number]
        met = (each.exchange for each in self.played.reissued.values() if status_of(each.exchange) == LOCKED)
        return any(each.role == generation.role and each.sent >= began for each in met)

    def _now(self) -> float:
        return self._transport.clock() - self._began


def _margin(distance: float) -> float:
    """Return how far a request may be moved so that it meets the lock as it did."""
    return min(ARRIVAL_SECONDS, distance / _PARTS)


def _matters(generation: RecordedExchange, exchange: RecordedExchange) -> bool:
    """Return whether the time since a generation decides a later reply."""
    if not served(generation) or generation.number == exchange.number or exchange.sent < generation.sent:
        return False
    since = exchange.sent - generation.received
    if exchange.operation in _LOCK_SENSITIVE:
        return status_of(exchange) != LOCKED or exchange.sent - generation.sent < _LOCK_MATTERS_SECONDS
    queued = any(entry.get("status") == "IN_QUEUE" for entry in entries_of(generation))
    return queued and generation.role == exchange.role and since < _QUEUE_MATTERS_SECONDS
