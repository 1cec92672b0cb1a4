"""Plain calls, unknown paths and methods, and the order of refusals."""

from collections.abc import Callable

from contract_tests.checks.decisions import decides
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.samples import INVALID
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run


@decides("SHAPE")
def test_plain_calls(primary: Api, verdict: Verdict) -> None:
    for reply in (primary.check(), primary.versions(), primary.recent()):
        known = reply.status in {200, 409}
        verdict.expect("SHAPE", known, expected="200 or 409", received=str(reply.status), by=reply)


@decides("VERSIONS")
def test_versions(primary: Api, verdict: Verdict) -> None:
    reply = primary.versions()
    body = reply.json()
    named = isinstance(body, dict) and all(isinstance(version, str) for version in body.values())
    verdict.expect(
        "VERSIONS", named, expected="an object from engine to version", received=reply.exchange.response_body, by=reply
    )


WRONG_METHODS = (
    ("POST", "getVersions"),
    ("DELETE", "getRecentImages"),
    ("PUT", "checkAvailability"),
    ("GET", "generateImage"),
)


@decides("NOT-FOUND")
def test_unknown_path(primary: Api, verdict: Verdict, run: Run) -> None:
    reply = primary.outside("GET", "/aiimage/nowhere")
    if verdict.expect_status("NOT-FOUND", reply, 404):
        for deviation in run.contract.fallback_deviations(reply):
            verdict.report(deviation, by=reply)


@decides("NOT-FOUND")
def test_wrong_method(primary: Api, verdict: Verdict, run: Run) -> None:
    for method, operation in WRONG_METHODS:
        known = run.contract.operations[operation]
        reply = primary.outside(method, known.path)
        if not verdict.expect_status("NOT-FOUND", reply, 405):
            continue
        allow = reply.headers.get("allow", "")
        verdict.expect(
            "NOT-FOUND",
            known.method in allow,
            expected=f"Allow with {known.method}",
            received=allow or "no Allow",
            by=reply,
        )
        for deviation in run.contract.fallback_deviations(reply):
            verdict.report(deviation, by=reply)


@decides("ORDER", roles=())
def test_token_before_parameters(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 401, api("anonymous").call("generateImage", None, INVALID))


@decides("ORDER", roles=("empty",))
def test_parameters_before_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    _expect(verdict, 422, api("empty").generate(INVALID))


@decides("ORDER", credits=4, mode="control")
def test_lock_then_limit_then_credits(world: Callable[..., World], verdict: Verdict) -> None:
    """An account with every reason for a refusal gets the refusals in their order."""
    account = world(credits=0, daily_limit=5, used_today=5, lock={"until": None})
    try:
        _expect(verdict, 422, account.api.generate(INVALID), account)
        _expect(verdict, 409, account.api.generate(account.api.simplest), account)
    finally:
        # Where all accounts share a lock, one that never expires would keep out the other tests.
        account.change(lock=None)
    _expect(verdict, 429, account.api.generate(account.api.simplest), account)
    account.change(used_today=0)
    _expect(verdict, 419, account.api.generate(account.api.simplest), account)


def _expect(verdict: Verdict, status: int, reply: Reply, account: World | None = None) -> None:
    verdict.expect_status("ORDER", reply, status, "first", by=account.trail if account else reply)
