"""Which of several refusals comes first."""

from collections.abc import Callable

from contract_tests.checks.decisions import decides
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.samples import FIELDS, INVALID
from contract_tests.runner.verdict import Verdict


@decides("ORDER", roles=())
def test_token_before_parameters(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 401, api("nobody").call("generateImage", None, INVALID))


@decides("ORDER", roles=("empty",))
def test_parameters_before_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 422, api("empty").generate(INVALID))


@decides("ORDER", credits=4, way="control")
def test_lock_then_limit_then_credits(world: Callable[..., World], verdict: Verdict) -> None:
    """An account that lacks everything at once is told so in the order of the refusals."""
    account = world(credits=0, daily_limit=5, used_today=5, lock={"until": None})
    try:
        _expect(verdict, 422, account.api.generate(INVALID), account)
        _expect(verdict, 409, account.api.generate(FIELDS), account)
    finally:
        account.change(lock=None)
    _expect(verdict, 429, account.api.generate(FIELDS), account)
    account.change(used_today=0)
    _expect(verdict, 419, account.api.generate(FIELDS), account)


def _expect(verdict: Verdict, status: int, reply: Reply, account: World | None = None) -> None:
    verdict.expect(
        "ORDER",
        reply.status == status,
        expected=f"{status} first",
        received=str(reply.status),
        by=account.trail if account else reply,
    )
