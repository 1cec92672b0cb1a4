"""One generation at a time, to the millisecond, on a mock whose clock is frozen and advanced."""

from collections.abc import Callable, Iterator

from contract_tests.checks.decisions import decides
from contract_tests.checks.overlap import judge_409_body
from contract_tests.checks.world import Running, World
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import with_prompt
from contract_tests.oracle.facts import LOCK_SECONDS
from contract_tests.oracle.samples import INVALID
from contract_tests.runner.target import Target
from contract_tests.runner.verdict import Verdict

SLOW, QUICK = LOCK_SECONDS + 2, LOCK_SECONDS * 0.4
INSTANT = 0.001
REFUSED = "A sundial in the shade, which no one may draw"
_SCOPES = {409: "for all", 200: "an account"}
Open = Callable[..., World]


@decides("SHAPE", "LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE", "LOCK-10S", "LOCK-409-BODY", credits=4, mode="control")
def test_lock_of_a_slow_generation(world: Open, verdict: Verdict) -> None:
    """The lock lives exactly as documented, whatever else is called; the generation continues without it [LOCK-10S]."""
    account = world(generation_time=SLOW)
    with account.frozen():
        first = account.begin_simplest()
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while a generation runs")
        _expect_check(verdict, account, 409, "LOCK-CHECK-PURE", "again")
        _expect_check(verdict, account, 409, "SHAPE", "with the documented body")
        others = _call_meanwhile(account)
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while a generation runs, whatever else was called")
        # One that was started has a lock of its own, and that of the first can no longer be seen.
        if all(other.answered for other in others):
            account.advance(LOCK_SECONDS / 2)
            _expect_check(verdict, account, 409, "LOCK-10S", f"when half of the {LOCK_SECONDS:g} s have passed")
            others += _call_meanwhile(account)
        if all(other.answered for other in others):
            _judge_life(verdict, account)
        # Long enough also for generations that were wrongly started.
        account.advance(2 * SLOW)
        for other in others:
            _expect_refused(verdict, account, account.reply(other))
        _expect_served(verdict, first.reply())
        _expect_none_made(verdict, account)


def _call_meanwhile(account: World) -> list[Running]:
    """Call everything else, and request generations with another engine and the same one."""
    api = account.api
    others: list[Running] = []
    for fields in (with_prompt([api.simplest, *api.others][-1], REFUSED), api.simplest):
        others.append(account.request(fields))
        # It was started or has to wait, and either is wrong.
        if not others[-1].answered:
            return others
    # In a thread, since a service that accepts it answers only when the clock is advanced.
    account.request(INVALID)
    api.abort(api.simplest)
    account.anonymous().call("generateImage", None, api.simplest)
    account.api.recent()
    account.api.versions()
    return others


def _expect_none_made(verdict: Verdict, account: World) -> None:
    recent = account.api.recent()
    listed = sum(image.get("input") == REFUSED for image in images_of(recent))
    received = f"{listed} of them among the recent images"
    expected = "no image of a generation that was refused"
    verdict.step("LOCK-ONE", not listed, expected=expected, received=received, by=account.trail)


def _judge_life(verdict: Verdict, account: World) -> None:
    """Check LOCK-10S, after half of the lock's life."""
    # Just before and just after: the very instant is not documented.
    account.advance(LOCK_SECONDS / 2 - INSTANT)
    _expect_check(verdict, account, 409, "LOCK-10S", f"just before {LOCK_SECONDS:g} s have passed")
    account.advance(2 * INSTANT)
    _expect_check(verdict, account, 200, "LOCK-10S", f"just after {LOCK_SECONDS:g} s have passed")


@decides("LOCK-RELEASE", "LOCK-CHECK", "LOCK-10S", credits=1, mode="control", quick=True)
def test_lock_of_a_quick_generation(world: Open, verdict: Verdict) -> None:
    """It is released when the generation ends, or it expires in time."""
    account = world(generation_time=QUICK)
    # Twice, since a check must not take the lock.
    for available in (account.api.check(), account.api.check()):
        verdict.step_status("LOCK-CHECK", available, 200, "while nothing runs", by=account.trail)
    with account.frozen():
        running = account.begin_simplest()
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
    for call, name in _calls_that_generate_nothing(account):
        call()
        _expect_check(verdict, account, 200, "LOCK-CHECK", f"after a request that was {name}")


def _calls_that_generate_nothing(account: World) -> Iterator[tuple[Callable[[], object], str]]:
    api = account.api
    yield lambda: api.generate(INVALID), "refused as invalid"
    yield lambda: api.abort(api.simplest), "not complete"
    yield lambda: account.anonymous().call("generateImage", None, api.simplest), "without a token"


@decides("LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE", "LOCK-409-BODY", credits=1, mode="control", quick=True)
def test_lock_held_by_another_client(world: Open, verdict: Verdict) -> None:
    account = world(lock={"until": None})
    try:
        _expect_check(verdict, account, 409, "LOCK-CHECK", "while a generation of another client runs")
        _expect_check(verdict, account, 409, "LOCK-CHECK-PURE", "again")
        _expect_refused(verdict, account, account.api.generate_at_once())
    finally:
        # Where all accounts share a lock, one that never expires would keep out the other tests.
        account.change(lock=None)


@decides("LOCK-SCOPE", credits=1, mode="control")
def test_lock_of_another_account(world: Open, verdict: Verdict, target: Target) -> None:
    """While one account generates, another is locked or not, as the target says."""
    account, other = world(generation_time=QUICK), world()
    expected = 409 if target.lock_scope == "global" else 200
    with account.frozen():
        account.begin_simplest()
        if account.api.check().status != 409:
            raise InconclusiveError("the account's own lock is not visible")
        _expect_check(verdict, other, expected, "LOCK-SCOPE", f"with one lock {_SCOPES[expected]}")


def _expect_check(verdict: Verdict, account: World, status: int, rule: str, when: str) -> bool:
    check = account.api.check()
    return verdict.expect_status(rule, check, status, when, by=account.trail)


def _expect_refused(verdict: Verdict, account: World, reply: Reply) -> None:
    verdict.require_status("LOCK-ONE", reply, 409, "while a generation runs", by=account.trail)
    judge_409_body(verdict, reply)


def _expect_served(verdict: Verdict, reply: Reply) -> None:
    verdict.step_status("SHAPE", reply, 200, "for a documented request")
