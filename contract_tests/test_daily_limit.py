"""The number of images that an account may make a day."""

from collections.abc import Callable

from contract_tests.api import Api
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError
from contract_tests.test_credits import FIELDS
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict


@decides("DAILY-429", credits=1, roles=("limited",))
def test_limit_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect_limit(verdict, api("limited").generate_when_ready(FIELDS))


@decides("DAILY-429", credits=1, seconds=3, roles=("almost_limited",), figure_of="almost_limited")
def test_limit_is_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    account = api("almost_limited")
    for left in range(account.figure, 0, -1):
        reply = account.generate_when_ready(FIELDS)
        if reply.status in {409, 419} or (reply.status == 429 and left == account.figure):
            raise CouldNotLookError(f"with {left} images left today the generation was refused with {reply.status}")
        verdict.require(
            "DAILY-429",
            reply.status == 200,
            expected=f"200, with {left} images left",
            received=str(reply.status),
            by=reply,
        )
    _expect_limit(verdict, account.generate_when_ready(FIELDS))


def _expect_limit(verdict: Verdict, reply: Reply) -> None:
    if reply.status in {409, 419}:
        raise CouldNotLookError(f"the generation was refused with {reply.status}")
    verdict.expect("DAILY-429", reply.status == 429, expected="429", received=str(reply.status), by=reply)
