"""Generations with overlapping checks, built from the times at which calls were sent and answered."""

from concurrent.futures import Future

import httpx

from contract_tests.checks.overlap import Overlap
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.contract import load_contract
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict


def reply(status: int, sent: float, received: float) -> Reply:
    exchange = Exchange("GET", "http://h", "primary", None, status=status, sent=sent, received=received)
    return Reply(status, httpx.Headers(), b"{}", exchange)


def overlap(run: Run, generation: Reply, *checks: Reply) -> Overlap:
    """Return a generation with these checks."""
    api = Api(run, Verdict("a test", run.events, load_contract(), run.settings.rules), run.accounts["primary"])
    future: Future[Reply] = Future()
    future.set_result(generation)
    watched = Overlap(api, future, run)
    watched.checks.extend(checks)
    return watched
