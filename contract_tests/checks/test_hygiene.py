"""Manners of an HTTP service around its operations."""

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

WRONG_METHODS = (
    ("POST", "getVersions"),
    ("DELETE", "getRecentImages"),
    ("PUT", "checkAvailability"),
    ("GET", "generateImage"),
)


@decides("NOT-FOUND")
def test_unknown_path(primary: Api, verdict: Verdict, run: Run) -> None:
    reply = primary.outside("GET", "/aiimage/nowhere")
    if verdict.expect("NOT-FOUND", reply.status == 404, expected="404", received=str(reply.status), by=reply):
        for finding in run.contract.fallback_findings(reply):
            verdict.expect(finding.rule, False, expected=finding.expected, received=finding.received, by=reply)


@decides("NOT-FOUND")
def test_wrong_method(primary: Api, verdict: Verdict, run: Run) -> None:
    for method, operation in WRONG_METHODS:
        known = run.contract.operations[operation]
        reply = primary.outside(method, known.path)
        if not verdict.expect("NOT-FOUND", reply.status == 405, expected="405", received=str(reply.status), by=reply):
            continue
        allow = reply.headers.get("allow", "")
        verdict.expect(
            "NOT-FOUND",
            known.method in allow,
            expected=f"Allow with {known.method}",
            received=allow or "no Allow",
            by=reply,
        )
        for finding in run.contract.fallback_findings(reply):
            verdict.expect(finding.rule, False, expected=finding.expected, received=finding.received, by=reply)
