"""One generation at a time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from contract_tests.api import Api, judgeable
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError
from contract_tests.overlap import LOCK_SECONDS, Overlap
from contract_tests.run import Run
from contract_tests.targets import Target
from contract_tests.test_credits import FIELDS, INVALID
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict

TOLERANCE = 0.25
WIDEST_DOUBT = 2.0
RELEASE_SEEN_BEFORE = 9.0
WATCH_PAUSE = 0.1


@decides("LOCK-ONE", "LOCK-CHECK", "LOCK-RELEASE", "LOCK-409-BODY", credits=2, seconds=4, quick=True)
def test_second_generation_is_refused(primary: Api, verdict: Verdict, run: Run, target: Target) -> None:
    with _generating(primary, run) as overlap:
        overlap.watch_until_locked()
        second = primary.generate(FIELDS)
    _judge_check(verdict, overlap)
    _judge_second(verdict, overlap, second)
    mine = overlap.reply().exchange
    after = primary.check()
    if after.exchange.received - mine.sent > RELEASE_SEEN_BEFORE:
        raise CouldNotLookError("the generation took so long that its lock ran out anyway")
    if after.status == 409 and target.lock_scope == "global":
        raise CouldNotLookError("somebody else may hold the lock that all share")
    verdict.expect(
        "LOCK-RELEASE",
        after.status == 200,
        expected="200 as soon as the generation has ended",
        received=str(after.status),
        by=after,
    )


@decides("LOCK-10S", "LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE", credits=2, seconds=13, roles=("slow",))
def test_lock_lives_ten_seconds(api: Callable[[str], Api], verdict: Verdict, run: Run, target: Target) -> None:
    slow = api("slow")
    with _generating(slow, run) as overlap:
        overlap.watch_until_locked()
        again = overlap.check()
        second = slow.generate(FIELDS)
        while overlap.running and overlap.checks[-1].status == 409:
            overlap.check()
            run.transport.sleep(WATCH_PAUSE)
    _judge_check(verdict, overlap)
    verdict.expect("LOCK-CHECK-PURE", again.status == 409, expected="409 again", received=str(again.status), by=again)
    _judge_second(verdict, overlap, second)
    _judge_life(verdict, overlap, shared=target.lock_scope == "global")


@decides("LOCK-CHECK", "LOCK-CHECK-PURE", roles=("busy",))
def test_checking_frees_no_lock(api: Callable[[str], Api], verdict: Verdict) -> None:
    first, second = api("busy").check(), api("busy").check()
    verdict.require(
        "LOCK-CHECK", first.status == 409, expected="409 while a generation runs", received=str(first.status), by=first
    )
    verdict.expect(
        "LOCK-CHECK-PURE", second.status == 409, expected="409 again", received=str(second.status), by=(first, second)
    )


@decides("LOCK-ONE", "LOCK-409-BODY", "ORDER", credits=1, roles=("busy",))
def test_generation_beside_somebody_elses(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = judgeable(api("busy").generate(FIELDS), 200, 409)
    verdict.require("LOCK-ONE", reply.status == 409, expected="409", received=str(reply.status), by=reply)
    _expect_message(verdict, reply)
    invalid = api("busy").generate(INVALID)
    verdict.expect("ORDER", invalid.status == 422, expected="422 before 409", received=str(invalid.status), by=invalid)


@contextmanager
def _generating(api: Api, run: Run) -> Iterator[Overlap]:
    api.await_unlocked()
    with ThreadPoolExecutor(1) as pool:
        yield Overlap(api, pool.submit(api.generate, FIELDS), run.transport)


def _judge_check(verdict: Verdict, overlap: Overlap) -> None:
    blind = [check for check in overlap.checks if check.status == 200 and overlap.surely_running(check)]
    seen = overlap.locked_at is not None
    if not seen and not blind:
        raise CouldNotLookError("the generation was over before a check could find it running")
    verdict.expect(
        "LOCK-CHECK",
        seen,
        expected="409 while a generation runs",
        received="409" if seen else "200 from a check that was sent and answered meanwhile",
        by=tuple(blind[:1]),
    )


def _judge_second(verdict: Verdict, overlap: Overlap, second: Reply) -> None:
    mine, other = overlap.reply().exchange, second.exchange
    judgeable(second, 200, 409)
    if second.status != 409 and not overlap.surely_running(second):
        raise CouldNotLookError("the first generation may have been over when the second began")
    times = f"the first ran to {mine.received - mine.sent:.2f} s, the second was sent at {other.sent - mine.sent:.2f} s"
    verdict.require(
        "LOCK-ONE",
        second.status == 409,
        expected="409",
        received=f"{second.status} at {other.received - mine.sent:.2f} s; {times}",
        by=(overlap.reply(), second),
    )
    _expect_message(verdict, second)


def _expect_message(verdict: Verdict, reply: Reply) -> None:
    body = reply.json()
    message = body.get("message") if isinstance(body, dict) else None
    verdict.expect(
        "LOCK-409-BODY", isinstance(message, str), expected="a message", received=f"message {message!r}", by=reply
    )


def _judge_life(verdict: Verdict, overlap: Overlap, *, shared: bool) -> None:
    life = overlap.life()
    too_early, too_late = life.at_most < LOCK_SECONDS - TOLERANCE, life.at_least > LOCK_SECONDS + TOLERANCE
    if life.cut_short and not too_late:
        raise CouldNotLookError("the generation was over, and its lock with it, before the lock could run out")
    if too_late and shared:
        raise CouldNotLookError("somebody else may hold the lock that all share")
    if not (too_early or too_late) and life.at_most - life.at_least > WIDEST_DOUBT:
        raise CouldNotLookError(f"the lock lived {life}, which is too vague")
    verdict.expect(
        "LOCK-10S",
        not (too_early or too_late),
        expected=f"a life of {LOCK_SECONDS:g} s",
        received=f"a life {life}",
        by=life.witnesses,
    )
