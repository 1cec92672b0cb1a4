"""The daily limit of images of an account."""

from collections.abc import Callable

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.checks.experiment import DAILY, Experiment
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle.engines import with_count
from contract_tests.oracle.facts import counted
from contract_tests.oracle.quota import as_if, daily_readings, explanations
from contract_tests.oracle.replies import made, own_limit
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run

Open = Callable[[str], Api]
# So many refused requests that their use, if they had one, could not be taken for a limit that is one image lower.
_REFUSED = 2
_MAX_BEYOND = 2


@decides("DAILY-429", "LOCK-RELEASE", "ORDER", roles=("limited",), first=True)
def test_limit_reached(api: Open, verdict: Verdict, run: Run) -> None:
    """No engine makes an image beyond the limit, and a refusal leaves no lock and no image behind."""
    experiment = Experiment(api, "limited", verdict, run, DAILY)
    experiment.expect_exhausted("the limit is reached")
    experiment.expect_nothing_made()
    _, invalid = experiment.invalid()
    verdict.expect_status("ORDER", invalid, 422, "before 429")
    experiment.expect_unlocked()


@decides("DAILY-429", "DAILY-RESET", credits=6, seconds=3, roles=("almost_limited",), cost_from_role="almost_limited")
def test_limit_is_reached(api: Open, verdict: Verdict, run: Run) -> None:
    """Refused requests, then as many images as are left of the day, then one more."""
    experiment = Experiment(api, "almost_limited", verdict, run, DAILY)
    for _ in range(_REFUSED):
        experiment.invalid()
    limit = _request_too_many(experiment)
    left = experiment.api.figure
    if _use_up(experiment):
        experiment.expect_exhausted(f"{counted(left, 'image')} of the day were left")
    _judge(experiment, verdict, too_many=limit is None)
    experiment.expect_nothing_made()
    # Only now, as the other rule does not depend on it.
    if limit:
        pytest.skip(limit)


def _use_up(experiment: Experiment) -> bool:
    """Make the images that are left of the day; return whether all were made."""
    left = experiment.api.figure
    requests = left - experiment.requests
    # Where requests are counted, more images are made than the target file allows.
    if experiment.images and requests > _MAX_BEYOND:
        return False
    for _ in range(requests):
        step, _ = experiment.use(experiment.singles())
        if step.outcome == "exhausted":
            return experiment.images >= left
    return True


def _request_too_many(experiment: Experiment) -> str | None:
    """Request more images than are left, which is refused; return why that could not be tried."""
    for _ in range(_REFUSED):
        try:
            step, _ = experiment.use_too_many(experiment.api.figure)
        except UndocumentedLimitError as error:
            return str(error)
        if step.outcome == "served":
            break
    return None


def _judge(experiment: Experiment, verdict: Verdict, *, too_many: bool) -> None:
    """Compare the replies with those of services that count in other ways."""
    steps, left = experiment.steps, experiment.api.figure
    if not experiment.images:
        raise InconclusiveError(
            f"the account almost_limited has fewer than the {left} images left in the target file, or a refused "
            "request counts as an image: correct the file if it is wrong"
        )
    fitting = explanations(daily_readings(), left, steps)
    harmless = [reading for reading in fitting if "DAILY-429" not in reading.breaks]
    received = f"{counted(experiment.images, 'image')}{as_if(fitting)}"
    expected = f"{counted(left, 'image')} with {left} left, then a refusal"
    if not harmless:
        verdict.expect("DAILY-429", False, expected=expected, received=received, by=experiment.trail)
    elif too_many or harmless[0].breaks:
        verdict.expect("DAILY-RESET", not harmless[0].breaks, expected=expected, received=received, by=experiment.trail)


@decides("DAILY-429", "DAILY-RESET", credits=7, mode="control")
def test_limit_resets_at_midnight(world: Callable[..., World], verdict: Verdict) -> None:
    """A limit of 2 images applies until the last millisecond of the day."""
    account = world(daily_limit=2)
    _expect_served(verdict, account, "with 2 images left")
    used = account.state()["used_today"]
    three = account.api.generate_when_ready(with_count(account.api.simplest, 3))
    counted_anyway = not made(three) and account.state()["used_today"] != used
    if not made(three) and not counted_anyway:
        _expect_served(verdict, account, "with 1 image left")
    _expect_limit(verdict, account)
    # Another refusal is a limit of the service itself.
    if made(three) or three.status == 429:
        holds = three.status == 429 and not counted_anyway
        _expect_day(verdict, account, holds, "429 to a request for 3 images with 1 left, which is not counted", three)
    with account.frozen():
        account.advance_to("day-reset", -1)
        late = account.api.generate(account.api.simplest)
        _expect_day(verdict, account, late.status == 429, "429, 1 ms before 00:00 UTC", late)
        account.advance_to("day-reset")
        reset = account.api.generate_when_ready(account.api.simplest)
        _expect_day(verdict, account, made(reset), "an image at 00:00 UTC", reset)


def _expect_served(verdict: Verdict, account: World, when: str) -> None:
    verdict.step_status("DAILY-429", _generate(account), 200, when, by=account.trail)


def _generate(account: World) -> Reply:
    """Generate by the simplest request that the service does not refuse for a limit of its own."""
    while True:
        fields = account.api.simplest
        reply = account.api.generate_when_ready(fields)
        if not own_limit(fields, reply) or account.api.simplest == fields:
            return reply


def _expect_day(verdict: Verdict, account: World, holds: bool, expected: str, reply: Reply) -> None:
    verdict.expect("DAILY-RESET", holds, expected=expected, received=str(reply.status), by=account.trail)


def _expect_limit(verdict: Verdict, account: World) -> None:
    """Check the refusal of what was served before."""
    reply = account.api.generate_when_ready(account.api.simplest)
    used = account.state()["used_today"]
    verdict.require_status("DAILY-429", reply, 429, f"with {used} of 2 images used", by=account.trail)
