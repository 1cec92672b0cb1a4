"""Points of failure, and schedules as text."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import contract
from mock_server.domain.clock import SECOND
from mock_server.domain.entry import PICTURE
from mock_server.faults import Target, check_target, parse_header
from mock_server.proving.points import Disaster, ScheduleError, parse_schedule, points_of, show_schedule

OPERATIONS = [*(each.id for each in contract().operations), PICTURE]
NAMES = sorted({name for operation in OPERATIONS for name in points_of(operation)})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_point_of_an_operation_is_a_fault_that_the_mock_has_for_it(operation: str) -> None:
    assert points_of(operation)
    for point in points_of(operation).values():
        for fault in parse_header(point.fault_at(5 * SECOND)):
            check_target(fault, Target(contract(), operation))


def test_a_request_that_the_document_does_not_know_has_no_points() -> None:
    assert not points_of(None)


def test_a_failure_that_lasts_names_what_is_left_of_it() -> None:
    limited = points_of("generateImage")["429"]
    assert limited.fault_at(29 * SECOND + 1) == "http-error;code=429;retry_after=30"
    assert limited.fault_at(1) == "http-error;code=429;retry_after=1"
    assert set(limited.also) <= set(OPERATIONS)


@given(st.sets(st.builds(Disaster, st.integers(1, 9999), st.sampled_from(NAMES)), max_size=4))
def test_a_schedule_is_read_as_it_is_shown(disasters: set[Disaster]) -> None:
    schedule = tuple(sorted(disasters))
    assert parse_schedule(show_schedule(schedule)) == schedule


@given(st.text(max_size=30))
def test_any_text_is_a_schedule_or_refused(text: str) -> None:
    with suppress(ScheduleError):
        assert all(each.point in NAMES for each in parse_schedule(text))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("charged", "'charged' is not REQUEST.POINT"),
        ("0.charged", "is not REQUEST.POINT"),
        ("2.eaten", "unknown point 'eaten'; known: 409, 429"),
        ("", "'' is not REQUEST.POINT"),
    ],
)
def test_a_schedule_that_cannot_be_read_is_refused_with_a_reason(text: str, why: str) -> None:
    with pytest.raises(ScheduleError, match=why.replace(".", r"\.")):
        parse_schedule(text)
