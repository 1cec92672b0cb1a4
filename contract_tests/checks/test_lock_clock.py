"""One generation at a time, to the millisecond: in accounts of a mock whose clock stands still and is moved."""

from collections.abc import Callable

from contract_tests.checks.decisions import decides
from contract_tests.checks.overlap import judge_409_body
from contract_tests.checks.world import Running, World
from contract_tests.client.call import Reply
from contract_tests.errors import CouldNotLookError
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.samples import FIELDS, INVALID, OTHER_ENGINES
from contract_tests.runner.events import Verdict
from contract_tests.runner.target import Target

SLOW, QUICK = LOCK_SECONDS + 2, LOCK_SECONDS * 0.4
INSTANT = 0.001
Open = Callable[..., World]


@decides("LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE", "LOCK-10S", "LOCK-409-BODY", credits=4, way="control")
def test_lock_of_a_slow_generation(world: Open, verdict: Verdict) -> None:
    """The lock stays, whatever else is asked, until 10 seconds have passed; the generation goes on without it."""
    account = world(generation_time=SLOW)
    with account.stopped():
        first = account.begin(FIELDS)
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while a generation runs")
        _expect_check(verdict, account, 409, "LOCK-CHECK-PURE", "again")
        others = _ask_meanwhile(account)
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while a generation runs, whatever else was asked")
        if all(other.answered for other in others):
            account.advance(LOCK_SECONDS / 2)
            _expect_check(verdict, account, 409, "LOCK-10S", f"when half of the {LOCK_SECONDS:g} s have passed")
            others += _ask_meanwhile(account)
        if all(other.answered for other in others):
            _judge_life(verdict, account)
        account.advance(2 * SLOW)
        for other in others:
            _expect_refused(verdict, account, other.reply())
        _expect_served(verdict, first.reply())


def _ask_meanwhile(account: World) -> list[Running]:
    """Whatever else can be asked, and generations by another engine and by the same one."""
    others = [account.begin(fields) for fields in (OTHER_ENGINES[-1], FIELDS)]
    account.begin(INVALID)
    account.api.recent()
    account.api.versions()
    return others


def _judge_life(verdict: Verdict, account: World) -> None:
    """LOCK-10S, when half of its life is over."""
    account.advance(LOCK_SECONDS / 2 - INSTANT)
    _expect_check(verdict, account, 409, "LOCK-10S", f"just before {LOCK_SECONDS:g} s have passed")
    account.advance(2 * INSTANT)
    _expect_check(verdict, account, 200, "LOCK-10S", f"just after {LOCK_SECONDS:g} s have passed")


@decides("LOCK-RELEASE", "LOCK-CHECK", "LOCK-10S", credits=1, way="control", quick=True)
def test_lock_of_a_quick_generation(world: Open, verdict: Verdict) -> None:
    """It goes when the generation ends; where it does not, it goes after 10 seconds."""
    account = world(generation_time=QUICK)
    with account.stopped():
        running = account.begin(FIELDS)
        account.advance(QUICK - INSTANT)
        _expect_check(verdict, account, 409, "LOCK-CHECK", "just before the generation ends")
        account.advance(2 * INSTANT)
        _expect_served(verdict, running.reply())
        _judge_release(verdict, account)


def _judge_release(verdict: Verdict, account: World) -> None:
    released = _expect_check(verdict, account, 200, "LOCK-RELEASE", "as soon as the generation has ended")
    account.advance(LOCK_SECONDS - QUICK)
    _expect_check(verdict, account, 200, "LOCK-10S", f"{LOCK_SECONDS:g} s after the generation began")
    if not released:
        return
    _expect_check(verdict, account, 200, "LOCK-CHECK", "while nothing runs")
    account.api.generate(INVALID)
    _expect_check(verdict, account, 200, "LOCK-CHECK", "after a request that was refused as invalid")


@decides("LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE", "LOCK-409-BODY", credits=1, way="control")
def test_lock_of_somebody_else(world: Open, verdict: Verdict) -> None:
    account = world(lock={"until": None})
    try:
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while somebody else's generation runs")
        _expect_check(verdict, account, 409, "LOCK-CHECK-PURE", "again")
        _expect_refused(verdict, account, account.api.generate(FIELDS))
    finally:
        account.change(lock=None)


@decides("LOCK-SCOPE", credits=1, way="control")
def test_lock_of_another_account(world: Open, verdict: Verdict, target: Target) -> None:
    """While one account generates, another is held up or not, as the target says."""
    account, other = world(generation_time=QUICK), world()
    expected = 409 if target.lock_scope == "global" else 200
    with account.stopped():
        account.begin(FIELDS)
        if account.api.check().status != 409:
            raise CouldNotLookError("the lock of the account itself does not show")
        _expect_check(verdict, other, expected, "LOCK-SCOPE", f"with one lock {_SCOPES[expected]}")


_SCOPES = {409: "for all", 200: "an account"}


def _expect_check(verdict: Verdict, account: World, status: int, rule: str, when: str) -> bool:
    check = account.api.check()
    return verdict.expect(
        rule, check.status == status, expected=f"{status} {when}", received=str(check.status), by=account.trail
    )


def _expect_refused(verdict: Verdict, account: World, reply: Reply) -> None:
    refused = reply.status == 409
    verdict.require(
        "LOCK-ONE", refused, expected="409 while a generation runs", received=str(reply.status), by=account.trail
    )
    judge_409_body(verdict, reply)


def _expect_served(verdict: Verdict, reply: Reply) -> None:
    verdict.require(
        "SHAPE", reply.status == 200, expected="200 for a documented request", received=str(reply.status), by=reply
    )
