"""The lost-response drill, point by point."""

from typing import Literal, get_args, get_type_hints

import pytest
from msgspec.structs import replace

from mock_server.app import contract
from mock_server.domain.generation import GenerationRequest
from mock_server.faults import Target
from mock_server.faults.lost_response import LostResponse
from mock_server.faults.transmission import nothing, whole

Point = Literal["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"]
POINTS: tuple[Point, ...] = get_args(Point)
REPLY = whole(200, b"0123456789a", "application/json")
REFUSAL = whole(409, b'{"message":"later"}', "application/json")
TARGET = Target(contract(), "generateImage")


def test_the_points_are_those_of_the_drill() -> None:
    assert get_args(get_type_hints(LostResponse)["at"]) == POINTS


@pytest.mark.parametrize("point", POINTS)
def test_only_before_the_lock_is_the_request_not_handled(point: Point) -> None:
    assert LostResponse(at=point).answer(TARGET) == (nothing() if point == "before-lock" else None)


@pytest.mark.parametrize("point", POINTS)
def test_only_once_it_is_locked_does_nobody_wait_for_the_generation(point: Point, beginning: GenerationRequest) -> None:
    assert LostResponse(at=point).begin(beginning) == replace(beginning, awaited=point != "locked")


@pytest.mark.parametrize("point", POINTS[:4])
def test_no_answer_is_sent(point: Point) -> None:
    assert LostResponse(at=point).transmit(REPLY) == nothing()


def test_the_headers_are_sent_without_a_byte_of_the_body() -> None:
    sent = LostResponse(at="headers-sent").transmit(REPLY)
    assert (sent.status, sent.headers, sent.parts, sent.ending) == (200, REPLY.headers, (), "closed")


def test_half_of_the_body_is_sent() -> None:
    sent = LostResponse(at="half-body").transmit(REPLY)
    assert (sent.status, sent.headers, sent.body, sent.ending) == (200, REPLY.headers, b"01234", "closed")


@pytest.mark.parametrize("point", POINTS)
def test_a_refusal_is_lost_as_well(point: Point) -> None:
    sent = LostResponse(at=point).transmit(REFUSAL)
    assert sent.ending == "closed"
    assert len(sent.body) < len(REFUSAL.body)


@pytest.mark.parametrize("point", POINTS)
def test_a_connection_that_was_reset_stays_reset(point: Point) -> None:
    assert LostResponse(at=point).transmit(nothing("reset")) == nothing("reset")
