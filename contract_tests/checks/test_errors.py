"""The form of errors: their body, and what a client gets that does not accept JSON."""

from collections.abc import Callable
from dataclasses import replace

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply
from contract_tests.errors import InconclusiveError
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

_ERROR = 400


@decides("ERROR-BODY")
def test_the_body_of_an_error(primary: Api, api: Callable[[str], Api], verdict: Verdict) -> None:
    replies = (primary.outside("GET", "/aiimage/nowhere"), api("anonymous").get("getVersions"))
    errors = [reply for reply in replies if reply.status >= _ERROR and isinstance(reply.json(), dict)]
    if not errors:
        raise InconclusiveError("no error had a JSON object as its body")
    for reply in errors:
        flat = isinstance(reply.json().get("message"), str)
        received = "an envelope" if "error" in reply.json() else "another body"
        verdict.expect("ERROR-BODY", flat, expected="an error with a message", received=received, by=reply)


@decides("NO-ACCEPT", roles=())
def test_an_error_for_a_client_that_does_not_accept_json(run: Run, verdict: Verdict) -> None:
    call = Call("GET", run.url("getVersions"))
    usual, other = (run.transport.send(replace(call, accept=accept)) for accept in ("application/json", "text/html"))
    if not _is_json_error(usual):
        raise InconclusiveError(f"a call without a token was answered {usual.status}, not with an error in JSON")
    received = f"{other.status} {other.headers.get('content-type', 'without a content type')}"
    verdict.expect(
        "NO-ACCEPT", _is_json_error(other), expected="the same error in JSON", received=received, by=(usual, other)
    )


def _is_json_error(reply: Reply) -> bool:
    return reply.status >= _ERROR and isinstance(reply.json(), dict)
