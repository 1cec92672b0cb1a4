"""Overlaps: proof, by the times of calls, that a generation was running, and the checks of the lock rules."""

import math
from concurrent.futures import Future, wait
from dataclasses import dataclass

from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.contract import is_envelope
from contract_tests.oracle.facts import LOCK_SECONDS, LOCK_TOLERANCE
from contract_tests.oracle.replies import made
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

_MAX_DOUBT_SECONDS = 2.0
_MIN_MARGIN_SECONDS = 0.15
_PAUSE = 0.05
# The longest that a request may be held up on a network that answers others quickly.
_STALL_SECONDS = 2.0
_MIN_CHECKS = 3
# A percentile: the quickest round trip would promise too much, and the slowest may be a single outlier.
_SLOW_ROUND_TRIP = 0.9
# The parts of a generation's time that may have passed on the network before it began and after it ended.
_ARRIVAL, _DEPARTURE = 0.15, 0.25
# Refusals for the token, the parameters, the credits, or the number of images or requests.
_ABOUT_SOMETHING_ELSE = frozenset({200, 400, 401, 403, 419, 422, 429})


@dataclass(frozen=True)
class Life:
    """The bounds of a lock's life in seconds. cut_short: the generation ended before the lock expired."""

    at_least: float
    at_most: float
    cut_short: bool
    witnesses: tuple[Reply, ...]

    def __str__(self) -> str:
        return f"between {self.at_least:.2f} and {self.at_most:.2f} s"


class Overlap:
    """A generation in a thread of its own, observed by checks of the same account."""

    def __init__(self, api: Api, generation: Future[Reply], run: Run) -> None:
        self._api, self._generation, self._run = api, generation, run
        self.checks: list[Reply] = []

    @property
    def running(self) -> bool:
        return not self._generation.done()

    @property
    def locked_at(self) -> Reply | None:
        """The first check that reported the lock."""
        return next((check for check in self.checks if check.status == 409), None)

    @property
    def margin(self) -> float:
        """The seconds between two calls that make their order at the service certain: three slow round trips."""
        trips = sorted(check.exchange.seconds for check in self.checks)
        return max(_MIN_MARGIN_SECONDS, 3 * trips[math.ceil(_SLOW_ROUND_TRIP * len(trips)) - 1] if trips else 0)

    def watch_until_locked(self) -> None:
        """Check until the lock is seen, or until it should have been seen."""
        began = self._run.transport.clock()
        while self.running and self.locked_at is None:
            self.check()
            waited = self._run.transport.clock() - began
            if waited > self.margin and len(self.checks) >= _MIN_CHECKS:
                return

    def check(self) -> Reply:
        reply = self._api.check()
        self.checks.append(reply)
        if reply.status != 409:
            # Unlike a sleep, it ends along with the generation.
            wait([self._generation], timeout=_PAUSE)
        return reply

    def generate(self) -> Reply:
        """Request another generation, whatever the checks report."""
        return self._api.generate(self._api.simplest)

    def reply(self) -> Reply:
        """Return the reply of the generation; raise InconclusiveError unless it is a 200."""
        reply = self._generation.result()
        if not made(reply):
            raise InconclusiveError(f"the observed generation was answered {reply.status}")
        return reply

    @property
    def seconds(self) -> float:
        """The duration of the generation in seconds, including the network."""
        return self.reply().exchange.seconds

    def into(self, other: Reply) -> float:
        """Return how many seconds after the generation another call was sent."""
        return other.exchange.sent - self.reply().exchange.sent

    def certainly_met(self, other: Reply) -> bool:
        """Return whether another generation that was served certainly met this one, also if it waited for its end."""
        # A service that answers one request at a time would have kept the check waiting, too.
        seen = self.locked_at is not None and self.locked_at.exchange.received <= other.exchange.sent
        left = min(self.seconds, LOCK_SECONDS) - self.into(other)
        return (seen and left > self.margin + _STALL_SECONDS) or self.certainly_concurrent(other)

    def certainly_concurrent(self, other: Reply) -> bool:
        """Return whether another generation certainly ran at the same time."""
        # One after the other would have taken twice the time of a lone generation.
        answered = self.into(other) + other.exchange.seconds
        both = max(2 * self._shortest - self.margin, 1.5 * self._shortest)
        return self._certainly_sent(other) and self.into(other) <= self._latest and answered < both

    def certainly_running(self, other: Reply) -> bool:
        """Return whether a call that does not wait was served while the generation ran and its lock lived."""
        # It may have been held up on its way, so it was served at any time before its reply.
        return self._certainly_sent(other) and self.into(other) + other.exchange.seconds <= self._latest

    def _certainly_sent(self, other: Reply) -> bool:
        """Return whether the generation ran already when the other call was sent."""
        seen = self.locked_at is not None and self.locked_at.exchange.received <= other.exchange.sent
        return seen or self.into(other) >= max(self.margin, self._begun_after)

    @property
    def _shortest(self) -> float:
        """The time for which the generation certainly ran, in seconds: its request and its reply may have been late."""
        return min(self.seconds, self._run.made_images.quickest)

    @property
    def _begun_after(self) -> float:
        """The time into the generation after which it has certainly begun, in seconds."""
        took = self.seconds
        # Its request may have been held up for as long as it took longer than another generation.
        held_up = took - (1 - _ARRIVAL) * self._shortest
        return min(held_up, max(_STALL_SECONDS, _ARRIVAL * took))

    @property
    def _latest(self) -> float:
        """The time into the generation up to which it certainly runs under its lock, in seconds."""
        took, margin = self.seconds, self.margin
        return min((1 - _DEPARTURE) * took, took - margin, LOCK_SECONDS - margin)

    def life(self) -> Life:
        """Return how long the lock lived, from the calls around its start and its end."""
        mine, locked = self.reply().exchange, [check for check in self.checks if check.status == 409]
        if not locked:
            raise InconclusiveError("the lock was never seen")
        freed = self.checks[-1] if self.checks[-1].status == 200 else None
        outlived = locked[-1].exchange.sent > mine.received + self.margin
        return Life(
            at_least=locked[-1].exchange.sent - locked[0].exchange.received,
            at_most=freed.exchange.received - mine.sent if freed else math.inf,
            cut_short=not outlived and (freed is None or freed.exchange.received + self.margin > mine.received),
            witnesses=tuple(reply for reply in (locked[0], locked[-1], freed) if reply),
        )


def judge_seen(verdict: Verdict, overlap: Overlap) -> None:
    """Check that every check during the generation was answered 409 [LOCK-CHECK]."""
    mine = overlap.reply()
    missed = [check for check in overlap.checks if check.status != 409 and overlap.certainly_running(check)]
    if overlap.locked_at is None and not missed:
        raise InconclusiveError("the generation was over before a check could find it running")
    times = ", ".join(f"{overlap.into(check):.2f} s" for check in missed)
    verdict.expect(
        "LOCK-CHECK",
        not missed,
        expected="409 while a generation runs",
        received=f"{missed[0].status} at {times} into a generation of {overlap.seconds:.2f} s" if missed else "409",
        by=(mine, *missed[:1]),
    )


def judge_seconds(verdict: Verdict, overlap: Overlap, seconds: list[Reply], *, able: bool = False) -> None:
    """Check that every other generation that certainly overlapped the first was refused with 409 [LOCK-ONE].

    able: whether the same requests alone are served, so that the account has credits and images left.
    """
    # Several refusals without a 409 are more than one failure.
    steady = able and len(seconds) > 1 and all(second.status != 409 for second in seconds)
    # A 409 passes whatever its timing; any other reply says something only if the two certainly overlapped.
    judgeable = [second for second in seconds if second.status == 409 or _met(overlap, second, steady=steady)]
    if not judgeable:
        seen = ", ".join(str(second.status) for second in seconds)
        raise InconclusiveError(
            f"no other generation certainly overlapped the first (answered: {seen or 'none was sent'})"
        )
    for second in judgeable:
        _judge_second(verdict, overlap, second)


def _met(overlap: Overlap, second: Reply, *, steady: bool) -> bool:
    """Return whether the other generation certainly met the first, and its reply is not about something else."""
    if made(second):
        return overlap.certainly_met(second)
    elsewhere = second.status in _ABOUT_SOMETHING_ELSE or second.status >= 500
    return (steady or not elsewhere) and overlap.certainly_running(second)


def _judge_second(verdict: Verdict, overlap: Overlap, second: Reply) -> None:
    verdict.require(
        "LOCK-ONE",
        second.status == 409,
        expected="409 while a generation runs",
        received=f"{second.status}; the first ran to {overlap.seconds:.2f} s, the second was sent at "
        f"{overlap.into(second):.2f} s and answered {second.exchange.seconds:.2f} s later",
        by=(overlap.reply(), *([overlap.locked_at] if overlap.locked_at else []), second),
    )
    judge_409_body(verdict, second)


def judge_409_body(verdict: Verdict, reply: Reply) -> None:
    try:
        body = reply.json()
    except InconclusiveError:
        # It is not JSON, which was found when the reply arrived, and must not end a test of the lock.
        return
    if is_envelope(body):
        body = body["error"]  # which is another assumption [ERROR-BODY]
    message = body.get("message") if isinstance(body, dict) else None
    verdict.expect(
        "LOCK-409-BODY", isinstance(message, str), expected="a message", received=f"message {message!r}", by=reply
    )


def judge_life(verdict: Verdict, overlap: Overlap, *, shared: bool) -> None:
    """Check how long the lock lived [LOCK-10S]; a shared lock may seem to live longer."""
    life = overlap.life()
    too_early, too_late = life.at_most < LOCK_SECONDS - LOCK_TOLERANCE, life.at_least > LOCK_SECONDS + LOCK_TOLERANCE
    if life.cut_short and not too_late:
        raise InconclusiveError("the generation and its lock ended before the lock could expire")
    if too_late and shared:
        raise InconclusiveError("another client may hold the shared lock")
    if not (too_early or too_late) and life.at_most - life.at_least > _MAX_DOUBT_SECONDS:
        raise InconclusiveError(f"the lock lived {life}, which is too imprecise")
    verdict.expect(
        "LOCK-10S",
        not (too_early or too_late),
        expected=f"a life of {LOCK_SECONDS:g} s",
        received=f"a life {life}",
        by=life.witnesses,
    )
