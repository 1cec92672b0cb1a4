"""The bench of experiments: the accounts, the images that they made, and the readings of refusals."""

from contextlib import suppress
from typing import Any

from contract_tests.calibration.evidence import Evidence
from contract_tests.calibration.questions import (
    INVALID,
    LIMITED,
    LOCKED,
    POOR,
)
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import Fields, load_engines
from contract_tests.oracle.replies import about_parameters, made
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import SilentVerdict

REFUSED_FOR = {"empty": POOR, "limited": LIMITED, "busy": LOCKED}
STATUS = {POOR: 419, LIMITED: 429, LOCKED: 409}
INVISIBLE = "\u200b"
_TWO = 2


class Bench:
    """The common part of all experiments of one calibration.

    images: made by each role so far. names_limits: whether a refusal for one limit names the parameters beyond others.
    """

    names_limits = False

    def __init__(self, run: Run, evidence: Evidence) -> None:
        self.run, self.evidence = run, evidence
        self._verdict = SilentVerdict("calibrate", run.events, run.contract, ())
        self.images: dict[str, int] = {}

    def api(self, role: str) -> Api:
        return Api(self.run, self._verdict, self.run.accounts[role])

    def find_usable(self, role: str) -> None:
        """Find out which request the service does not refuse for a limit of its own, by a refused one."""
        with suppress(UndocumentedLimitError):
            self.api(role).generate_at_once()

    def count(self, role: str, reply: Reply) -> None:
        if made(reply):
            self.images[role] = self.images.get(role, 0) + max(1, len(reply.images))


def reason(reply: Reply, refusal: str) -> Any:
    """Return why a request was refused that has two reasons; the status of any other reply."""
    if reply.status == STATUS[refusal]:
        return refusal
    return INVALID if about_parameters(reply) else reply.status


def samples_of(name: str) -> list[Fields]:
    """Return requests for one image of an engine in two sizes, or twice the same if it takes none that is listed."""
    engine = next(each for each in load_engines() if each.name == name and not each.needs_source)
    # Twice, since one refusal is not enough.
    sizes: list[Fields] = [*engine.samples("A brass weather vane")]
    return (sizes * _TWO)[:_TWO]


def json_of(reply: Reply) -> Any:
    try:
        return reply.json()
    except InconclusiveError:
        return None
