"""The rate limit that a service shows by its headers or by a refusal."""

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.client.api import Api
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

_NAMES = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@decides("RATE", "RATE-HEADERS")
def test_no_reply_shows_a_rate_limit(primary: Api, verdict: Verdict, run: Run) -> None:
    reply = primary.versions()
    shown = [f"{name}: {reply.headers[name]}" for name in _NAMES if name in reply.headers]
    refused = run.transport.throttled
    if not shown and not refused:
        pytest.skip(f"no sign of a rate limit in {run.transport.requests} requests")
    received = ", ".join(shown) or "a 429 that is not that of the daily limit"
    verdict.expect("RATE", False, expected="no rate limit", received=received, by=reply)
    verdict.expect(
        "RATE-HEADERS",
        len(shown) == len(_NAMES),
        expected=f"{', '.join(_NAMES)} in every reply",
        received=", ".join(shown) or "none of them",
        by=reply,
    )
