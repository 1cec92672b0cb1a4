"""The daily limit of images of an account."""

from collections.abc import Callable

import pytest

from contract_tests.calibration.questions import INVALID, LIMITED, first_of
from contract_tests.checks.decisions import decides
from contract_tests.checks.experiment import DAILY, Experiment
from contract_tests.checks.rest_of_day import use_up_the_day
from contract_tests.checks.world import World
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.engines import with_count
from contract_tests.oracle.replies import about_parameters, made, own_limit
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

Open = Callable[[str], Api]


@decides("DAILY-429", "ORDER", roles=("limited",), first=True)
def test_limit_reached(api: Open, verdict: Verdict, run: Run) -> None:
    """No engine makes an image beyond the limit, and a refusal leaves no lock and no image behind."""
    experiment = Experiment(api, "limited", verdict, run, DAILY)
    experiment.expect_exhausted("the limit is reached")
    experiment.expect_nothing_made()
    _, invalid = experiment.invalid()
    received = str(invalid.status)
    if invalid.status == 429 or about_parameters(invalid):
        verdict.note(first_of(INVALID, LIMITED), LIMITED if invalid.status == 429 else INVALID, by=invalid)
    verdict.expect("ORDER", received != "429", expected="a refusal of the parameters", received=received, by=invalid)
    experiment.expect_unlocked()


@decides("DAILY-429", "DAILY-RESET", credits=6, seconds=3, roles=("almost_limited",), cost_from_role="almost_limited")
def test_limit_is_reached(api: Open, verdict: Verdict, run: Run) -> None:
    """Refused requests, then as many images as are left of the day, then one more."""
    if limit := use_up_the_day(Experiment(api, "almost_limited", verdict, run, DAILY)):
        pytest.skip(limit)


@decides("DAILY-429", "DAILY-RESET", credits=7, mode="control")
def test_limit_resets_at_midnight(world: Callable[..., World], verdict: Verdict, run: Run) -> None:
    """A limit of 2 images applies until the last millisecond of the day."""
    account = world(daily_limit=2)
    _expect_served(verdict, account, run, "with 2 images left")
    used = account.state()["used_today"]
    three = account.api.generate_when_ready(with_count(account.api.simplest, 3))
    counted_anyway = not made(three) and account.state()["used_today"] != used
    if not made(three) and not counted_anyway:
        _expect_served(verdict, account, run, "with 1 image left")
    _expect_limit(verdict, account, run)
    # Another refusal is a limit of the service itself.
    if made(three) or three.status == 429:
        holds = three.status == 429 and not counted_anyway
        _expect_day(verdict, account, holds, "429 to a request for 3 images with 1 left, which is not counted", three)
    with account.frozen():
        account.advance_to("day-reset", -1)
        late = account.api.generate(account.api.simplest)
        _expect_day(verdict, account, late.status == 429, "429, 1 ms before 00:00 UTC", late)
        account.advance_to("day-reset")
        reset = _about_limit(_generate(account))
        _expect_day(verdict, account, made(reset), "an image at 00:00 UTC", reset)


def _expect_served(verdict: Verdict, account: World, run: Run, when: str) -> None:
    reply = _about_limit(_generate(account))
    fields = account.api.simplest
    if (limit := own_limit(fields, reply)) and not run.samples.served(fields):
        raise InconclusiveError(f"the service refuses {limit}, and has served nothing else")
    if reply.status == 429 and any(map(_has_failed, account.trail)):
        expected = "a failed generation that is not counted"
        verdict.expect("DAILY-RESET", False, expected=expected, received="429 after one", by=account.trail)
        raise InconclusiveError("a failed generation counts towards the daily limit, so what is left is unknown")
    verdict.step_status("DAILY-429", reply, 200, when, by=account.trail)


def _has_failed(reply: Reply) -> bool:
    return reply.exchange.method == "POST" and reply.status == 200 and not made(reply)


def _generate(account: World) -> Reply:
    """Generate by the simplest request that the service does not refuse for a limit of its own."""
    while True:
        fields = account.api.simplest
        reply = account.api.generate_again(fields)
        if not own_limit(fields, reply) or account.api.simplest == fields:
            return reply


def _about_limit(reply: Reply) -> Reply:
    """Return the reply unless it is a failure or a limit of the service, which says nothing about the day."""
    if about_parameters(reply):
        raise InconclusiveError(f"the generation was answered {reply.status} without an image")
    return reply


def _expect_day(verdict: Verdict, account: World, holds: bool, expected: str, reply: Reply) -> None:
    verdict.expect("DAILY-RESET", holds, expected=expected, received=str(reply.status), by=account.trail)


def _expect_limit(verdict: Verdict, account: World, run: Run) -> None:
    """Check the refusal of what was served before."""
    fields = account.api.simplest
    reply = account.api.generate_again(fields)
    # A request that was served and now fails again and again is refused for the limit, in whatever form.
    if not run.samples.served(fields):
        _about_limit(reply)
    used = account.state()["used_today"]
    verdict.require_status("DAILY-429", reply, 429, f"with {used} of 2 images used", by=account.trail)
