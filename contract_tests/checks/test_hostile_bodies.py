"""Request bodies that no service makes an image of, and that none may fail on."""

from contract_tests.checks.decisions import decides
from contract_tests.checks.failures import FailureSearch
from contract_tests.checks.hostile import hostile_bodies
from contract_tests.client.api import Api
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

# Most services refuse a call without a token before they read its body.
_WITHOUT_TOKEN = 8
_SECONDS, _FEWEST = 15, 30


@decides("SHAPE", credits=1, seconds=15, free_with_role="empty")
def test_hostile_bodies(run: Run, verdict: Verdict, refused: Api) -> None:
    """They are invalid under every reading, so any refusal is in keeping."""
    # So many as fit into a few seconds, so that a low rate does not prolong a run.
    number = max(_FEWEST, int(run.transport.requests_per_second * _SECONDS))
    search = FailureSearch(run, verdict, refused.role)
    search.send_all(hostile_bodies()[:number])
    search.conclude()


@decides("SHAPE", roles=(), seconds=4)
def test_hostile_bodies_without_a_token(run: Run, verdict: Verdict) -> None:
    search = FailureSearch(run, verdict, "anonymous")
    search.send_all(hostile_bodies()[:_WITHOUT_TOKEN])
    search.conclude()
