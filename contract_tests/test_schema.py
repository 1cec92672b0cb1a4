"""Replies against the document: those to plain calls, and those to generated requests."""

from contract_tests import fuzz, samples
from contract_tests.api import Api
from contract_tests.call import Reply
from contract_tests.decisions import decides
from contract_tests.errors import CouldNotLookError
from contract_tests.fuzz import Generated
from contract_tests.run import Run
from contract_tests.verdict import Verdict

MOST_EXAMPLES = 40
SECONDS_OF_EXAMPLES = 4


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


@decides("SHAPE", "VALID-422", credits=1, seconds=5, spares="empty")
def test_documented_requests_are_understood(refused: Api, verdict: Verdict, run: Run) -> None:
    """A service may refuse them for the account's sake, but not as invalid, and not with a status of its own."""
    count = _count(run) if refused.role == "empty" else 1
    for request in fuzz.documented(run.contract.document, count, run.settings.seed):
        reply = _send(refused, request)
        if reply.status == 200 and refused.role == "empty":
            raise CouldNotLookError("the account empty was served, so it cannot stand for one without credits")
        understood = reply.status not in {400, 415, 422}
        verdict.expect(
            "VALID-422", understood, expected="a documented request is valid", received=str(reply.status), by=reply
        )
        _expect_no_failure(verdict, reply)


@decides("SHAPE", "VALID-422", credits=1, seconds=5, spares="empty")
def test_undocumented_requests_are_refused(refused: Api, verdict: Verdict, run: Run) -> None:
    for request in fuzz.undocumented(run.contract.document, _count(run), run.settings.seed):
        reply = _send(refused, request)
        verdict.require("VALID-422", reply.status == 422, expected="422", received=str(reply.status), by=reply)
        _expect_no_failure(verdict, reply)


def _count(run: Run) -> int:
    """As many examples as a few seconds allow, so that a slow pace does not draw out a run."""
    return max(5, min(MOST_EXAMPLES, int(run.target.budget.requests_per_second * SECONDS_OF_EXAMPLES)))


def _expect_no_failure(verdict: Verdict, reply: Reply) -> None:
    sound = reply.status < 500
    verdict.expect("SHAPE", sound, expected="no failure of the service", received=str(reply.status), by=reply)


def _send(api: Api, request: Generated) -> Reply:
    if not isinstance(request.body, dict):
        return api.generate_raw(fuzz.as_json(request.body))
    files = {"image_src": samples.upload("teapot.png")} if "image_src" in request.body else {}
    fields = {key: value for key, value in request.body.items() if key != "image_src"}
    return api.generate(fields, files) if request.form else api.generate(request.body)
