"""Proofs about what happened while a generation was running, from the times at which calls were sent and answered."""

import math
from concurrent.futures import Future, wait
from dataclasses import dataclass

from contract_tests.api import Api
from contract_tests.errors import CouldNotLookError
from contract_tests.transport import Reply, Transport

LOCK_SECONDS = 10.0
_LEAST_MARGIN = 0.15
_PAUSE = 0.05
_LONGEST_WATCH = 0.7
_FEWEST_CHECKS = 4


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
        """By how much two calls must lie apart for their order at the service to be sure."""
        trips = [check.exchange.received - check.exchange.sent for check in self.checks]
        return max(_LEAST_MARGIN, 3 * min(trips, default=0))

    def watch_until_locked(self) -> None:
        """Check until the lock shows; where it does not for a while, it is taken for missing."""
        deadline = self._transport.clock() + _LONGEST_WATCH
        while self.running and self.locked_at is None:
            self.check()
            if self._transport.clock() > deadline and len(self.checks) >= _FEWEST_CHECKS:
                return
        if not self.running:
            self.reply()
            raise CouldNotLookError("the generation was over before anything could be asked meanwhile")

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

    def surely_running(self, other: Reply) -> bool:
        """Whether the other call reached the service while the generation was running and its lock alive."""
        mine = self.reply().exchange
        begun = mine.sent + self.margin <= other.exchange.sent
        if self.locked_at is not None:
            begun = begun or self.locked_at.exchange.received <= other.exchange.sent
        ended = min(mine.received, mine.sent + LOCK_SECONDS)
        return begun and other.exchange.sent + self.margin <= ended

    def life(self) -> Life:
        """How long the lock lived, by when the calls around its begin and its end were sent and answered."""
        mine, locked = self.reply().exchange, [check for check in self.checks if check.status == 409]
        if not locked:
            raise CouldNotLookError("the lock was never seen")
        freed = self.checks[-1] if self.checks[-1].status == 200 else None
        return Life(
            at_least=locked[-1].exchange.sent - locked[0].exchange.received,
            at_most=freed.exchange.received - mine.sent if freed else math.inf,
            cut_short=freed is None or freed.exchange.received + self.margin > mine.received,
            witnesses=tuple(reply for reply in (locked[0], locked[-1], freed) if reply),
        )
