"""Decisions about the times of images, by a service in this process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count

import httpx
import pytest

from contract_tests.checks.times import expect_created_before, expect_created_in_calls, expect_same_times
from contract_tests.client.api import Api
from contract_tests.client.made import images_of
from contract_tests.runner.events import Decision
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict
from support.small_service import SmallService, run_against

NOON = datetime(2026, 2, 26, 12, tzinfo=UTC)
Stamp = Callable[[datetime], str]


class Dated:
    """A service whose clock advances by a second with each reply; `stamp` makes created_at of the right time."""

    def __init__(self, stamp: Stamp, *, dated: bool = True) -> None:
        self._service, self._stamp, self._dated = SmallService(), stamp, dated
        self._seconds = count()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        now = NOON + timedelta(seconds=next(self._seconds))
        made = len(self._service.images)
        reply = self._service(request)
        for image in self._service.images[made:]:
            image["created_at"] = self._stamp(now)
        if self._dated:
            reply.headers["Date"] = format_datetime(now, usegmt=True)
        return reply


def examined(stamp: Stamp, check: Callable[[Run, Verdict, Api], None], *, dated: bool = True) -> dict[str, bool]:
    """Make two images, and return what a check decides."""
    run = run_against(Dated(stamp, dated=dated))
    verdict = Verdict("a test", run.events, run.contract, run.settings.rules)
    api = Api(run, verdict, run.accounts["primary"])
    for _ in range(2):
        api.images(api.simplest)
    before = len(run.events.log)
    check(run, verdict, api)
    return {event.rule: event.passed for event in run.events.log[before:] if isinstance(event, Decision)}


def in_calls(run: Run, verdict: Verdict, api: Api) -> None:
    reply = api.recent()
    expect_created_in_calls(verdict, run.made_images.of("primary"), images_of(reply), reply)


def in_past(run: Run, verdict: Verdict, api: Api) -> None:
    reply = api.recent()
    expect_created_before(verdict, images_of(reply), reply)


def iso(**later: float) -> Stamp:
    return lambda now: (now + timedelta(**later)).isoformat()


@pytest.mark.parametrize("check", [in_calls, in_past])
def test_the_right_time_passes_both_rules(check: Callable[[Run, Verdict, Api], None]) -> None:
    assert examined(iso(), check) == {"RECENT-TIME": True, "SHAPE": True}


@pytest.mark.parametrize("check", [in_calls, in_past])
def test_the_time_of_another_zone_differs(check: Callable[[Run, Verdict, Api], None]) -> None:
    assert examined(iso(hours=2), check) == {"RECENT-TIME": False, "SHAPE": True}


@pytest.mark.parametrize("check", [in_calls, in_past])
def test_a_day_ahead_violates(check: Callable[[Run, Verdict, Api], None]) -> None:
    assert examined(iso(days=1), check) == {"SHAPE": False}


def test_a_past_before_the_call_is_fine_and_wrong_for_an_image_of_this_run() -> None:
    assert examined(iso(days=-1), in_past) == {"RECENT-TIME": True, "SHAPE": True}
    assert examined(iso(days=-1), in_calls) == {"SHAPE": False}


def test_without_a_date_a_time_can_only_differ() -> None:
    assert examined(iso(days=-1), in_calls, dated=False) == {"RECENT-TIME": False}
    assert examined(iso(days=1), in_past, dated=False) == {}


def test_a_time_without_a_zone_is_left_to_the_shape_of_the_reply() -> None:
    found = examined(lambda now: now.replace(tzinfo=None).isoformat(), in_calls)
    assert found == {"SHAPE": False}  # by the document alone


@pytest.mark.parametrize("changing", [False, True])
def test_a_time_that_changes_between_lists_violates(changing: bool) -> None:
    def check(run: Run, verdict: Verdict, api: Api) -> None:
        first = api.recent()
        if changing:
            for image in service.images:
                image["created_at"] = NOON.isoformat()
        expect_same_times(verdict, api, run, first)

    service = SmallService()
    run = run_against(service)
    verdict = Verdict("a test", run.events, run.contract, run.settings.rules)
    api = Api(run, verdict, run.accounts["primary"])
    api.images(api.simplest)
    check(run, verdict, api)
    decided = [event for event in run.events.log if isinstance(event, Decision) and event.rule == "SHAPE"]
    assert decided[-1].passed != changing
