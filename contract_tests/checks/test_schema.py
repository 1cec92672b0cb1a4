"""Replies to plain calls against the document."""

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.runner.verdict import Verdict


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
