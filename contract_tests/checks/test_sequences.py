"""Random sequences of calls, each reply checked by an oracle; a deviation is shrunk to a short sequence."""

from collections.abc import Callable

from contract_tests.checks.decisions import decides
from contract_tests.checks.exploration import IMAGES_OF_A_REPETITION, Exploration
from contract_tests.checks.sequence import Allowance, Live, Mocked, Sequence
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.oracle import Oracle
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

IMAGES_OF_A_MOCK, IMAGES_OF_A_SERVICE = 6, 1
# Every run of sequences decides these; other rules it can only find violated, wherever chance leads to them.
CERTAIN = ("IMG-COUNT", "IMG-INPUT")


@decides(*CERTAIN, credits=IMAGES_OF_A_MOCK + IMAGES_OF_A_REPETITION, seconds=6, mode="control")
def test_sequences_on_a_mock(world: Callable[..., World], verdict: Verdict, run: Run) -> None:
    """Accounts with few credits and a low limit, whose clock is advanced while generations run."""
    allowance = Allowance(IMAGES_OF_A_MOCK)

    def begin(credits_: int, daily_limit: int, generation_ms: int) -> Sequence:
        opened = world(credits=credits_, daily_limit=daily_limit, generation_time=generation_ms / 1000)
        oracle = Oracle(credits_, daily_limit, generation_ms, complete=True)
        return Sequence(Mocked(opened), oracle, allowance)

    exploration = Exploration(begin, mocked=True)
    exploration.run(sequences=20, steps=12, seed=run.settings.seed, shrink=True)
    _conclude(exploration, verdict)


@decides(*CERTAIN, credits=IMAGES_OF_A_SERVICE + IMAGES_OF_A_REPETITION, seconds=20, mode="black-box")
def test_sequences_on_a_service(primary: Api, verdict: Verdict, run: Run) -> None:
    """An account with an unknown past: few calls, and no shrinking."""
    allowance = Allowance(IMAGES_OF_A_SERVICE)
    exploration = Exploration(lambda *_: Sequence(Live(primary), Oracle(), allowance), mocked=False)
    exploration.run(sequences=3, steps=6, seed=run.settings.seed, shrink=False)
    _conclude(exploration, verdict)


def _conclude(exploration: Exploration, verdict: Verdict) -> None:
    for found in exploration.shortest():
        if again := exploration.repeated(found):
            verdict.report(again.deviation, by=again.trail)
        else:
            raise InconclusiveError(f"the same calls contradicted {found.deviation.rule} only once")
    if exploration.deviations:
        return
    if exploration.error:
        raise exploration.error
    # Whatever else chance led to is decided by a check of its own: no verdict depends on the seed.
    for rule in sorted(exploration.exercised.intersection(CERTAIN)):
        verdict.expect(rule, True, expected="what the oracle allows", received="it")
    if "IMG-COUNT" not in exploration.exercised:
        raise InconclusiveError("no image was made in any sequence")
