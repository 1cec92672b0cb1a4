"""Judging the lock by calls that surely met a generation."""

from contract_tests.checks.overlap import Overlap
from contract_tests.client.call import Reply
from contract_tests.errors import CouldNotLookError
from contract_tests.oracle.contract import own_words
from contract_tests.oracle.facts import LOCK_SECONDS, TOLERANCE
from contract_tests.runner.verdict import Verdict

_WIDEST_DOUBT = 2.0


def judge_seen(verdict: Verdict, overlap: Overlap) -> None:
    """LOCK-CHECK: every check that surely met the generation was answered 409."""
    mine = overlap.reply()
    blind = [check for check in overlap.checks if check.status != 409 and overlap.surely_running(check)]
    if overlap.locked_at is None and not blind:
        raise CouldNotLookError("the generation was over before a check could find it running")
    times = ", ".join(f"{overlap.into(check):.2f} s" for check in blind)
    verdict.expect(
        "LOCK-CHECK",
        not blind,
        expected="409 while a generation runs",
        received=f"{blind[0].status} at {times} into a generation of {overlap.seconds:.2f} s" if blind else "409",
        by=(mine, *blind[:1]),
    )


def judge_seconds(verdict: Verdict, overlap: Overlap, seconds: list[Reply], *, able: bool = False) -> None:
    """LOCK-ONE: every other generation that surely met the first was refused with 409.

    able: whether the account has credits and images left for sure, so that it cannot be refused for want of them.
    """
    judgeable = [second for second in seconds if second.status == 409 or _met(overlap, second, able=able)]
    if not judgeable:
        seen = ", ".join(str(second.status) for second in seconds)
        raise CouldNotLookError(f"no other generation surely met the first (answered: {seen or 'none was sent'})")
    for second in judgeable:
        _judge_second(verdict, overlap, second)


def _met(overlap: Overlap, second: Reply, *, able: bool) -> bool:
    """Whether the other generation surely met the first, and was answered about it and nothing else."""
    if second.status in {419, 429} and not able:
        return False
    if second.status in {401, 422} or (second.status >= 500 and not own_words(second)):
        return False
    return overlap.surely_beside(second) if second.status < 300 else overlap.surely_running(second)


def _judge_second(verdict: Verdict, overlap: Overlap, second: Reply) -> None:
    other = second.exchange
    verdict.require(
        "LOCK-ONE",
        second.status == 409,
        expected="409 while a generation runs",
        received=f"{second.status}; the first ran to {overlap.seconds:.2f} s, the second was sent at "
        f"{overlap.into(second):.2f} s and answered {other.received - other.sent:.2f} s later",
        by=(overlap.reply(), second),
    )
    judge_409_body(verdict, second)


def judge_409_body(verdict: Verdict, reply: Reply) -> None:
    body = reply.json()
    message = body.get("message") if isinstance(body, dict) else None
    verdict.expect(
        "LOCK-409-BODY", isinstance(message, str), expected="a message", received=f"message {message!r}", by=reply
    )


def judge_life(verdict: Verdict, overlap: Overlap, *, shared: bool) -> None:
    """LOCK-10S: how long the lock lived; shared: others may take the same lock, so it may seem to live longer."""
    life = overlap.life()
    too_early, too_late = life.at_most < LOCK_SECONDS - TOLERANCE, life.at_least > LOCK_SECONDS + TOLERANCE
    if life.cut_short and not too_late:
        raise CouldNotLookError("the generation was over, and its lock with it, before the lock could run out")
    if too_late and shared:
        raise CouldNotLookError("somebody else may hold the lock that all share")
    if not (too_early or too_late) and life.at_most - life.at_least > _WIDEST_DOUBT:
        raise CouldNotLookError(f"the lock lived {life}, which is too vague")
    verdict.expect(
        "LOCK-10S",
        not (too_early or too_late),
        expected=f"a life of {LOCK_SECONDS:g} s",
        received=f"a life {life}",
        by=life.witnesses,
    )
