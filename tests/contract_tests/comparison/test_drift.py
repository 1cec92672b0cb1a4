"""A recording sent to a service again: the order of what meets the lock is kept, and a missed moment is asked again."""

from collections.abc import Callable
from threading import Event

from msgspec import structs

from contract_tests.client.budget import Budget
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.comparison.drift import Drift
from contract_tests.comparison.facts import RELEASE_SECONDS, status_of
from contract_tests.comparison.reissue import Reissued, Sender
from contract_tests.comparison.replay import Played
from contract_tests.comparison.selection import select
from contract_tests.recordings.model import RecordedExchange
from support.exchanges import check, made, recording
from support.recorded import target_at
from support.recordings import Clock

Answer = Callable[[RecordedExchange], RecordedExchange]
_MOMENT_SECONDS = 0.05
_PATIENCE_SECONDS = 30


class AnsweringSender(Sender):
    """Answers each exchange by a function, at the time of a clock."""

    def __init__(self, transport: Transport, answer: Answer) -> None:
        super().__init__(target_at("http://127.0.0.1:1", {}), transport, {})
        self._clock, self._answer = transport.clock, answer

    def send(self, exchange: RecordedExchange, *, patient: bool = False) -> Reissued:
        del patient
        at = self._clock()
        return Reissued(structs.replace(self._answer(exchange), sent=at, received=at))


def played(answer: Answer, *exchanges: RecordedExchange) -> Played:
    clock = Clock()
    target = target_at("http://127.0.0.1:1", {"primary": "t"})
    transport = Transport(target, Masker([]), Budget(9), clock=clock, sleep=clock.sleep)
    chosen = select(recording(*exchanges).exchanges, 9)
    return Drift(chosen, AnsweringSender(transport, answer), transport, 9).play()


def statuses(result: Played) -> dict[int, int]:
    return {number: status_of(each.exchange) for number, each in result.reissued.items()}


def test_a_generation_waits_for_a_check_that_met_no_lock_before_it() -> None:
    running = Event()

    def answer(exchange: RecordedExchange) -> RecordedExchange:
        if exchange.operation == "generateImage":
            running.set()
        # The service reads the check late.
        elif running.wait(_MOMENT_SECONDS):
            return check(exchange.number, 0, 409)
        return exchange

    # Sent a moment after the generation, and read before it.
    early = structs.replace(check(2, 0.02, 200), received=0.1)
    assert statuses(played(answer, made(1, 0, 1), early)) == {1: 200, 2: 200}


def test_a_check_is_asked_again_until_the_generation_has_arrived() -> None:
    checks, late = [0], Event()

    def answer(exchange: RecordedExchange) -> RecordedExchange:
        if exchange.operation == "generateImage":
            late.wait(_PATIENCE_SECONDS)
            return exchange
        checks[0] += 1
        if checks[0] == 1:
            return check(exchange.number, 0, 200)
        late.set()
        return exchange

    assert statuses(played(answer, made(1, 0, 1), check(2, 0.5, 409))) == {1: 200, 2: 409}
    assert checks == [2]


def lock_that_ends(times: int) -> Answer:
    """Return a service whose checks meet a lock so many times."""
    left = [times]

    def answer(exchange: RecordedExchange) -> RecordedExchange:
        if exchange.operation == "checkAvailability" and left[0]:
            left[0] -= 1
            return check(exchange.number, 0, 409)
        return exchange

    return answer


def test_a_lock_that_just_ends_is_asked_for_again() -> None:
    result = played(lock_that_ends(1), made(1, 0, 1), check(2, 1.1, 200))
    assert statuses(result) == {1: 200, 2: 200}
    assert result.reissued[2].exchange.sent - result.reissued[1].exchange.received >= RELEASE_SECONDS


def test_a_lock_that_lives_on_is_a_difference() -> None:
    assert statuses(played(lock_that_ends(9), made(1, 0, 1), check(2, 1.1, 200))) == {1: 200, 2: 409}
