"""One generation at a time, seen from outside by calls whose timing proves that they overlapped."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from contract_tests.calibration.questions import INVALID as PARAMETERS
from contract_tests.calibration.questions import LOCKED, first_of, shown
from contract_tests.checks.decisions import decides
from contract_tests.checks.meanwhile import prompt_of_seconds, request_without_token, requests_meanwhile
from contract_tests.checks.overlap import Overlap, judge_409_body, judge_life, judge_seconds, judge_seen
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.facts import LOCK_SECONDS, LOCK_TOLERANCE
from contract_tests.oracle.replies import about_parameters, made
from contract_tests.oracle.samples import INVALID
from contract_tests.runner.run import Run
from contract_tests.runner.target import Target
from contract_tests.runner.verdict import Verdict

# Seen later, a lock that is free may have expired.
RELEASE_SEEN_BEFORE = LOCK_SECONDS - 1
WATCH_PAUSE = 0.1
# By then a service that frees the lock after its reply has done so.
SETTLED_AFTER = 1.0
# Requests that might renew a lock are repeated after half its life.
RENEWED_AFTER, WIDE = LOCK_SECONDS / 2, 3.0


@decides("LOCK-ONE", "LOCK-CHECK", "LOCK-RELEASE", "LOCK-409-BODY", credits=2, seconds=4, quick=True, mode="black-box")
def test_second_generation_is_refused(
    api: Callable[[str], Api], primary: Api, verdict: Verdict, run: Run, target: Target
) -> None:
    _expect_available(verdict, primary, target)
    with _generating(primary, run) as overlap:
        overlap.watch_until_locked()
        seconds = requests_meanwhile(primary, api("anonymous"), overlap, run)
        _watch(overlap, run, LOCK_SECONDS + WIDE)
    judge_seen(verdict, overlap)
    # A refusal without 409 is wrong only if the same request alone is served.
    unclear = bool(seconds) and all(second.status != 409 and not made(second) for second in seconds)
    able = unclear and made(primary.generate_when_ready(primary.simplest))
    judge_seconds(verdict, overlap, seconds, able=able)
    _expect_none_made(verdict, primary, seconds, run)
    _judge_release(verdict, overlap, run, target)
    # A lock that is held already would hide it, and a shared one may be another client's.
    if overlap.checks[-1].status == 200 and target.lock_scope == "account":
        _expect_no_lock_by_refused_calls(verdict, primary, run, overlap.margin, without_invalid=able)
        _expect_no_lock_without_token(verdict, primary, api("anonymous"), run)


@decides(
    "LOCK-10S", "LOCK-ONE", "LOCK-CHECK", "LOCK-CHECK-PURE",
    credits=3, seconds=LOCK_SECONDS + WIDE, roles=("slow",), mode="black-box",
)  # fmt: skip
def test_lock_expires(api: Callable[[str], Api], verdict: Verdict, run: Run, target: Target) -> None:
    """The lock of a long generation lives exactly as documented, whatever else is called [LOCK-10S]."""
    slow = api("slow")
    with _generating(slow, run) as overlap:
        overlap.watch_until_locked()
        again = overlap.check()
        seconds = requests_meanwhile(slow, api("anonymous"), overlap, run)
        slow.recent()
        slow.versions()
        _watch(overlap, run, RENEWED_AFTER)
        # Without the lock, a second generation would be served and take a lock of its own.
        if overlap.checks[-1].status == 409:
            seconds += requests_meanwhile(slow, api("anonymous"), overlap, run)
            _watch(overlap, run, LOCK_SECONDS + WIDE)
    judge_seen(verdict, overlap)
    verdict.expect_status("LOCK-CHECK-PURE", again, 409, "again")
    served = any(made(second) for second in seconds)
    # First, since judge_seconds may end the test.
    if not served:
        judge_life(verdict, overlap, shared=target.lock_scope == "global")
    judge_seconds(verdict, overlap, seconds)
    _expect_none_made(verdict, slow, seconds, run)
    if served:
        raise InconclusiveError("another generation was served, and the lock that was seen may be its own")


@decides("SHAPE", "LOCK-CHECK", "LOCK-CHECK-PURE", roles=("busy",), mode="black-box")
def test_checking_does_not_release_the_lock(api: Callable[[str], Api], verdict: Verdict) -> None:
    first, second = api("busy").check(), api("busy").check()
    verdict.require_status("LOCK-CHECK", first, 409, "while a generation runs")
    verdict.expect_status("LOCK-CHECK-PURE", second, 409, "again", by=(first, second))
    verdict.expect_status("SHAPE", first, 409, "with the documented body")


@decides("LOCK-ONE", "LOCK-409-BODY", "ORDER", credits=1, roles=("busy",), mode="black-box")
def test_generation_during_another_clients(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = api("busy").generate_at_once()
    verdict.require_status("LOCK-ONE", reply, 409)
    judge_409_body(verdict, reply)
    invalid = api("busy").generate(INVALID)
    received = str(invalid.status)
    if invalid.status == 409 or about_parameters(invalid):
        verdict.note(first_of(PARAMETERS, LOCKED), LOCKED if invalid.status == 409 else PARAMETERS, by=invalid)
    verdict.expect("ORDER", about_parameters(invalid), expected="422 before 409", received=received, by=invalid)


@contextmanager
def _generating(api: Api, run: Run) -> Iterator[Overlap]:
    api.await_unlocked()
    with ThreadPoolExecutor(1) as pool:
        yield Overlap(api, pool.submit(api.generate, api.simplest), run)


def _watch(overlap: Overlap, run: Run, seconds: float) -> None:
    """Check until the lock is free or the generation ends, for at most `seconds`."""
    until = run.transport.clock() + seconds
    while overlap.running and overlap.checks[-1].status == 409 and run.transport.clock() < until:
        overlap.check()
        run.transport.sleep(WATCH_PAUSE)


def _expect_none_made(verdict: Verdict, api: Api, seconds: list[Reply], run: Run) -> None:
    """Check that no refused generation is among the recent images."""
    refused = [second for second in seconds if second.status == 409]
    if not refused or any(made(second) for second in seconds):
        return
    recent = api.recent()
    listed = [image for image in images_of(recent) if str(image.get("input")).startswith(prompt_of_seconds(run))]
    verdict.step(
        "LOCK-ONE",
        not listed,
        expected="no image of a generation that was refused",
        received=f"{len(listed)} of them among the recent images",
        by=(*refused, recent),
    )


def _expect_available(verdict: Verdict, api: Api, target: Target) -> None:
    """Check twice that nothing is reported while nothing runs, since a check must not take the lock."""
    api.await_unlocked()
    for available in (api.check(), api.check()):
        if available.status == 409 and target.lock_scope == "global":
            raise InconclusiveError("another client may hold the shared lock")
        # A step only: without a 409 during a generation, it would pass where checks never report one.
        verdict.step_status("LOCK-CHECK", available, 200, "while nothing runs", by=tuple(api.trail))


def _expect_no_lock_by_refused_calls(
    verdict: Verdict, api: Api, run: Run, margin: float, *, without_invalid: bool
) -> None:
    """Check that no lock is left behind by a call that generates nothing."""
    if not without_invalid and made(api.generate(INVALID)):
        return
    api.abort(api.simplest)
    # The service learns of the closed connection later than the suite.
    run.transport.sleep(margin)
    verdict.step_status("LOCK-CHECK", api.check(), 200, "after calls that generated nothing", by=tuple(api.trail))


def _expect_no_lock_without_token(verdict: Verdict, api: Api, anonymous: Api, run: Run) -> None:
    request_without_token(anonymous, api.simplest, run)
    by = (*anonymous.trail[-1:], check := api.check())
    verdict.step_status("LOCK-CHECK", check, 200, "after a request without a token", by=by)


def _judge_release(verdict: Verdict, overlap: Overlap, run: Run, target: Target) -> None:
    """Check whether the lock is released at the end of the generation; otherwise, whether it expires in time."""
    mine = overlap.reply().exchange
    after = overlap.check()
    if after.exchange.received - mine.sent > RELEASE_SEEN_BEFORE:
        raise InconclusiveError("the generation took so long that its lock expired anyway")
    if after.status == 409 and target.lock_scope == "global":
        raise InconclusiveError("another client may hold the shared lock")
    replies = (overlap.reply(), after)
    verdict.note(shown("lock_release"), "completion" if after.status == 200 else "expiry", by=replies)
    verdict.expect_status("LOCK-RELEASE", after, 200, "as soon as the generation has ended", by=replies)
    if after.status == 409 and _expect_locked(verdict, overlap, run):
        _watch_until_freed(overlap, run)
        judge_life(verdict, overlap, shared=False)


def _expect_locked(verdict: Verdict, overlap: Overlap, run: Run) -> bool:
    """Check that a lock that stays after its generation prevents another one, as the checks report."""
    until = run.transport.clock() + SETTLED_AFTER
    while run.transport.clock() < until:
        run.transport.sleep(WATCH_PAUSE)
        # A service may free the lock a moment after it has replied.
        if overlap.check().status != 409:
            return True
    reported, second = overlap.checks[-1], overlap.generate()
    # Close to its end, the lock may have expired between the two.
    if not made(second) or overlap.into(second) > RELEASE_SEEN_BEFORE:
        return True
    return verdict.expect(
        "LOCK-CHECK",
        False,
        expected="200 once a generation has ended, and another one is served",
        received=f"409, {overlap.into(reported) - overlap.seconds:.2f} s after its end",
        by=(overlap.reply(), reported, second),
    )


def _watch_until_freed(overlap: Overlap, run: Run) -> None:
    latest = overlap.reply().exchange.received + LOCK_SECONDS + 2 * LOCK_TOLERANCE + overlap.margin
    while overlap.checks[-1].status == 409 and run.transport.clock() < latest:
        run.transport.sleep(WATCH_PAUSE)
        overlap.check()
