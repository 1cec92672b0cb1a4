"""Proofs about what happened while a generation was running, from the times at which calls were sent and answered."""

import math
from concurrent.futures import Future, wait
from dataclasses import dataclass

from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.transport import Transport
from contract_tests.errors import CouldNotLookError
from contract_tests.oracle.facts import LOCK_SECONDS

_LEAST_MARGIN = 0.15
_PAUSE = 0.05
_FEWEST_CHECKS = 3
_SLOW_TRIP = 0.9  # nine trips in ten are quicker
_ARRIVAL, _DEPARTURE = 0.15, 0.25


@dataclass(frozen=True)
class Life:
    """Between which bounds a lock lived; `cut_short` where the generation was over before the lock was seen to go."""

    at_least: float
    at_most: float
    cut_short: bool
    witnesses: tuple[Reply, ...]

    def __str__(self) -> str:
        return f"between {self.at_least:.2f} and {self.at_most:.2f} s"


class Overlap:
    """A generation in a thread of its own, watched by the account that started it."""

    def __init__(self, api: Api, generation: Future[Reply], transport: Transport) -> None:
        self._api, self._generation, self._transport = api, generation, transport
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
        """By how much two calls must lie apart for their order at the service to be sure: three times a slow trip."""
        trips = sorted(check.exchange.received - check.exchange.sent for check in self.checks)
        return max(_LEAST_MARGIN, 3 * trips[math.ceil(_SLOW_TRIP * len(trips)) - 1] if trips else 0)

    def watch_until_locked(self) -> None:
        """Check until the lock shows; where it does not for a while, it is taken for missing."""
        began = self._transport.clock()
        while self.running and self.locked_at is None:
            self.check()
            waited = self._transport.clock() - began
            if waited > self.margin and len(self.checks) >= _FEWEST_CHECKS:
                return

    def check(self) -> Reply:
        reply = self._api.check()
        self.checks.append(reply)
        if reply.status != 409:
            wait([self._generation], timeout=_PAUSE)
        return reply

    def reply(self) -> Reply:
        """The generation's own reply, a successful one."""
        reply = self._generation.result()
        if reply.status != 200:
            raise CouldNotLookError(f"the generation to be watched was answered {reply.status}")
        return reply

    @property
    def seconds(self) -> float:
        """How long the generation took, its way there and back included."""
        return self.reply().exchange.received - self.reply().exchange.sent

    def into(self, other: Reply) -> float:
        """How long after the generation another call was sent, in seconds."""
        return other.exchange.sent - self.reply().exchange.sent

    def surely_beside(self, other: Reply) -> bool:
        """Whether another generation ran beside this one: not so if it may have waited for its end in a queue."""
        waited = other.exchange.received - self.reply().exchange.received
        alone = max(self.seconds - self.margin, self.seconds / 2)
        return self.surely_running(other) and waited < alone

    def surely_running(self, other: Reply) -> bool:
        """Whether the other call reached the service while the generation was running and its lock alive.

        The first part of the time that the generation took may have gone into its way there, the last into its reply.
        """
        at, took, margin = self.into(other), self.seconds, self.margin
        begun = at >= max(margin, _ARRIVAL * took)
        if self.locked_at is not None:
            begun = begun or self.locked_at.exchange.received <= other.exchange.sent
        return begun and at <= min((1 - _DEPARTURE) * took, took - margin, LOCK_SECONDS - margin)

    def life(self) -> Life:
        """How long the lock lived, by when the calls around its begin and its end were sent and answered."""
        mine, locked = self.reply().exchange, [check for check in self.checks if check.status == 409]
        if not locked:
            raise CouldNotLookError("the lock was never seen")
        freed = self.checks[-1] if self.checks[-1].status == 200 else None
        outlived = locked[-1].exchange.sent > mine.received + self.margin
        return Life(
            at_least=locked[-1].exchange.sent - locked[0].exchange.received,
            at_most=freed.exchange.received - mine.sent if freed else math.inf,
            cut_short=not outlived and (freed is None or freed.exchange.received + self.margin > mine.received),
            witnesses=tuple(reply for reply in (locked[0], locked[-1], freed) if reply),
        )
