"""The daily limit of images of an account."""

from collections.abc import Callable

from contract_tests.checks.decisions import decides
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import with_count
from contract_tests.oracle.replies import about_account
from contract_tests.oracle.samples import FIELDS, INVALID, OTHER_ENGINES
from contract_tests.runner.events import Verdict


@decides("DAILY-429", "ORDER", credits=1, roles=("limited",))
def test_limit_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    account = api("limited")
    for fields in (FIELDS, *OTHER_ENGINES):
        _expect_limit(verdict, account.generate_when_ready(fields), "limited")
    reply = account.generate(INVALID)
    verdict.expect_status("ORDER", reply, 422, "before 429")


@decides("DAILY-429", credits=1, seconds=3, roles=("almost_limited",), cost_from_role="almost_limited")
def test_limit_is_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    account = api("almost_limited")
    for left in range(account.figure, 0, -1):
        reply = about_account(account.generate_when_ready(FIELDS), "almost_limited")
        if reply.status == 419:
            raise InconclusiveError("the account almost_limited has no credits left")
        verdict.step_status("DAILY-429", reply, 200, f"with {left} images left")
    _expect_limit(verdict, account.generate_when_ready(FIELDS), "almost_limited")


@decides("DAILY-429", "DAILY-RESET", credits=6, mode="control")
def test_limit_resets_at_midnight(world: Callable[..., World], verdict: Verdict) -> None:
    """A limit of 2 images applies until the last millisecond of the day."""
    account = world(daily_limit=2)
    _expect_served(verdict, account, "with 2 images left", "DAILY-429")
    two = account.api.generate_when_ready(with_count(FIELDS, 2))
    # A 422 is a limit of the service itself.
    if two.status != 422:
        _expect_day(verdict, account, two.status == 429, "429 to a request for 2 images with 1 left", two)
    if two.status != 200:
        _expect_served(verdict, account, "with 1 image left", "DAILY-429")
    _expect_limit(verdict, account.api.generate_when_ready(FIELDS), "of a mock")
    with account.frozen():
        account.advance_to("day-reset", -1)
        late = account.api.generate(FIELDS)
        _expect_day(verdict, account, late.status == 429, "429, 1 ms before 00:00 UTC", late)
        account.advance_to("day-reset")
        _expect_served(verdict, account, "at 00:00 UTC", "DAILY-RESET")


def _expect_served(verdict: Verdict, account: World, when: str, rule: str) -> None:
    reply = account.api.generate_when_ready(FIELDS)
    verdict.expect_status(rule, reply, 200, when, by=account.trail)


def _expect_day(verdict: Verdict, account: World, holds: bool, expected: str, reply: Reply) -> None:
    verdict.expect("DAILY-RESET", holds, expected=expected, received=str(reply.status), by=account.trail)


def _expect_limit(verdict: Verdict, reply: Reply, account: str) -> None:
    about_account(reply, account)
    verdict.require_status("DAILY-429", reply, 429, "since the limit is reached")
