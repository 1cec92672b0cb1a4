"""Which of several refusals comes first."""

from collections.abc import Callable

import pytest

from contract_tests.api import Api
from contract_tests.control import Control
from contract_tests.decisions import decides
from contract_tests.test_credits import FIELDS, INVALID
from contract_tests.transport import Reply
from contract_tests.verdict import Verdict


@decides("ORDER", roles=())
def test_token_before_parameters(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 401, api("nobody").call("generateImage", None, INVALID))


@decides("ORDER", roles=("empty",))
def test_parameters_before_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 422, api("empty").generate(INVALID))


@decides("ORDER", roles=("empty", "limited", "busy"))
def test_lock_then_limit_then_credits(api: Callable[[str], Api], verdict: Verdict, control: Control | None) -> None:
    """An account that lacks everything at once takes a service whose accounts can be changed."""
    if control is None:
        pytest.skip("it takes the control API of the mock")
    limit = control.world(api("limited").token)["daily_limit"]
    control.change(api("empty").token, used_today=limit, daily_limit=limit)
    control.change(api("busy").token, used_today=limit, daily_limit=limit, credits=0)
    try:
        _expect(verdict, 429, api("empty").generate(FIELDS))
        _expect(verdict, 409, api("busy").generate(FIELDS))
    finally:
        control.reset(api("empty").token)
        control.reset(api("busy").token)


def _expect(verdict: Verdict, status: int, reply: Reply) -> None:
    verdict.expect("ORDER", reply.status == status, expected=f"{status} first", received=str(reply.status), by=reply)
