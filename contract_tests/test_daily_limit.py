"""The number of images that an account may make a day."""

from collections.abc import Callable

from contract_tests.api import Api, judgeable
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError
from contract_tests.test_credits import FIELDS, INVALID
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict


@decides("DAILY-429", "ORDER", credits=1, roles=("limited",))
def test_limit_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    account = api("limited")
    _expect_limit(verdict, account.generate_when_ready(FIELDS))
    reply = account.generate(INVALID)
    verdict.expect("ORDER", reply.status == 422, expected="422 before 429", received=str(reply.status), by=reply)


@decides("DAILY-429", credits=1, seconds=3, roles=("almost_limited",), figure_of="almost_limited")
def test_limit_is_reached(api: Callable[[str], Api], verdict: Verdict) -> None:
    account = api("almost_limited")
    for left in range(account.figure, 0, -1):
        reply = judgeable(account.generate_when_ready(FIELDS), 200, 429)
        if reply.status == 429 and left == account.figure:
            raise CouldNotLookError(f"the account almost_limited has not the {left} images left that the target says")
        verdict.require(
            "DAILY-429",
            reply.status == 200,
            expected=f"200, with {left} images left",
            received=str(reply.status),
            by=reply,
        )
    _expect_limit(verdict, account.generate_when_ready(FIELDS))


def _expect_limit(verdict: Verdict, reply: Reply) -> None:
    judgeable(reply, 200, 429)
    verdict.require(
        "DAILY-429",
        reply.status == 429,
        expected="429, since the limit is reached",
        received=str(reply.status),
        by=reply,
    )
