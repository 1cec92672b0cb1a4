"""`aiimage_mock.disasters` and `assert_worst_cost`: disasters inside a test."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar

from mock_server.client import Control, MockWorld

from .campaign import Campaign, Mode
from .disasters import in_disaster, in_python, observe, report_of, shared_server
from .interrupts import kept_interrupts
from .judging import KINDS, credits_of
from .observed import Run
from .points import Schedule, parse_schedule
from .timeline import timeline

World = TypeVar("World", bound=MockWorld)


def run_scenario(
    scenario: Callable[[World], Any],
    open_world: Callable[[Control, str, Any], World],
    token: str,
    mode: Mode,
    allow: Collection[str],
    only: str | None,
    state: Any,
) -> Campaign:
    """Return what was found; raise AssertionError if it is not allowed, or if the scenario fails without a failure.

    open_world: takes the mock's control API, the token and the mock as an ASGI application, and returns what the
    scenario is called with.
    """
    __tracebackhide__ = True
    if unknown := set(allow) - set(KINDS):
        raise ValueError(f"allow takes {', '.join(KINDS)}, not {', '.join(sorted(unknown))}")
    server = shared_server()
    world = open_world(Control(server.embedded.origin), token, server.embedded.app)

    def runner(schedule: Schedule) -> Run:
        world.begin(**state)
        try:
            with kept_interrupts() as check:
                run = observe(server, schedule, lambda: scenario(world))
                check()
                return run
        finally:
            world.end()

    recording = runner(())
    if recording.ended == "failure":
        raise AssertionError(f"the scenario fails without a disaster: {recording.said}")
    campaign = Campaign(recording)
    try:
        campaign.prove(runner, mode, None if only is None else parse_schedule(only))
    except KeyboardInterrupt as interrupt:
        raise KeyboardInterrupt(f"the disasters so far:\n{report_of(campaign, in_python)}") from interrupt
    if kinds := [kind for kind in KINDS if kind in campaign.findings and kind not in allow]:
        raise AssertionError(report_of(campaign, in_python, kinds))
    return campaign


def assert_cost(world: MockWorld, campaign: Campaign | None, limit: int) -> None:
    """Raise AssertionError if a campaign, or the world so far, has cost more than that."""
    __tracebackhide__ = True
    if campaign is None and in_disaster():
        return  # judged by the worst of all runs
    if campaign is None:
        paid = sum(image["credits"] for image in world.call("GET", "/images")["images"])
        if paid > limit:
            raise AssertionError(f"the client has paid {credits_of(paid)}, more than {limit}")
    elif campaign.worst > limit:
        picture = timeline(campaign.worst_run)
        raise AssertionError(f"the worst run costs {credits_of(campaign.worst)}, more than {limit}\n{picture}")
