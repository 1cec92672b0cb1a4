"""Plain calls, unknown paths and methods, and the order of refusals."""

from collections.abc import Callable

from contract_tests.calibration.questions import INVALID as PARAMETERS
from contract_tests.calibration.questions import POOR, first_of
from contract_tests.checks.decisions import decides
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.replies import about_parameters, about_token, own_limit
from contract_tests.oracle.samples import INVALID
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict


@decides("SHAPE")
def test_plain_calls(primary: Api, verdict: Verdict, run: Run) -> None:
    """The calls of the preflight, which are the first that the service gets, and the same once more."""
    for operation, reply in run.probed.items():
        verdict.observe(operation, reply)
    for reply in (primary.check(), primary.versions(), primary.recent()):
        known = reply.status in {200, 409}
        verdict.expect("SHAPE", known, expected="200 or 409", received=str(reply.status), by=reply)


@decides("VERSIONS")
def test_versions(primary: Api, verdict: Verdict, run: Run) -> None:
    for reply in filter(None, (run.probed.get("getVersions"), primary.versions())):
        if reply.status != 200:  # a finding about SHAPE or AUTH
            raise InconclusiveError(f"versions was answered {reply.status}")
        body, received = reply.json(), reply.exchange.response_body
        named = isinstance(body, dict) and all(isinstance(version, str) for version in body.values())
        verdict.expect("VERSIONS", named, expected="an object from engine to version", received=received, by=reply)


_ORIGIN = "https://page.example"
_ASKED = {"authorization", "content-type"}
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


@decides("CORS")
def test_pages_of_other_origins(primary: Api, verdict: Verdict) -> None:
    """A browser asks without a token whether a page may send a request, then sends it."""
    asked = primary.preflight("generateImage", _ORIGIN, _ASKED)
    allowed = asked.headers.get("access-control-allow-headers", "").lower()
    named = {name.strip() for name in allowed.split(",")}
    _expect_allowed(verdict, asked, "to a preflight without a token", holds=asked.status in range(200, 300))
    verdict.expect(
        "CORS",
        named >= _ASKED or "*" in named,
        expected=f"Access-Control-Allow-Headers with {', '.join(sorted(_ASKED))}",
        received=allowed or "none",
        by=asked,
    )
    _expect_allowed(verdict, primary.get("getVersions", {"Origin": _ORIGIN}), "to a request from a page")


def _expect_allowed(verdict: Verdict, reply: Reply, when: str, *, holds: bool = True) -> None:
    allowed = reply.headers.get("access-control-allow-origin")
    verdict.expect(
        "CORS",
        holds and allowed in {"*", _ORIGIN},
        expected=f"Access-Control-Allow-Origin with * {when}",
        received=f"{reply.status} with {allowed or 'none'}",
        by=reply,
    )


@decides("ORDER", roles=())
def test_token_before_parameters(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = api("anonymous").call("generateImage", None, INVALID)
    _expect(verdict, about_token(reply), "a refusal for the missing token", reply)


@decides("ORDER", roles=("empty",))
def test_parameters_before_credits(api: Callable[[str], Api], verdict: Verdict) -> None:
    reply = api("empty").generate(INVALID)
    if reply.status == 419 or about_parameters(reply):
        verdict.note(first_of(PARAMETERS, POOR), POOR if reply.status == 419 else PARAMETERS, by=reply)
    _expect(verdict, about_parameters(reply), "a refusal for the parameters", reply)


@decides("ORDER", credits=4, mode="control")
def test_lock_then_limit_then_credits(world: Callable[..., World], verdict: Verdict) -> None:
    """An account with every reason for a refusal gets the refusals in their order."""
    account = world(credits=0, daily_limit=5, used_today=5, lock={"until": None})
    try:
        invalid = account.api.generate(INVALID)
        _expect(verdict, about_parameters(invalid), "a refusal for the parameters", *account.trail)
        _expect_next(verdict, 409, account)
    finally:
        # Where all accounts share a lock, one that never expires would keep out the other tests.
        account.change(lock=None)
    _expect_next(verdict, 429, account)
    account.change(used_today=0)
    _expect_next(verdict, 419, account)


def _expect_next(verdict: Verdict, status: int, account: World) -> None:
    fields = account.api.simplest
    reply = account.api.generate(fields)
    if limit := own_limit(fields, reply):
        raise InconclusiveError(f"the service refuses {limit}, before every other refusal")
    _expect(verdict, reply.status == status, str(status), *account.trail)


def _expect(verdict: Verdict, holds: bool, expected: str, *replies: Reply) -> None:
    """Check ORDER by the last reply."""
    received = str(replies[-1].status)
    verdict.expect("ORDER", holds, expected=f"{expected} first", received=received, by=replies)
