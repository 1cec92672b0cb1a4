"""Faults of the reply."""

import json
from typing import Any, Literal, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.app import contract
from mock_server.domain.generation import GenerationRequest
from mock_server.faults import FAULTS, Target, make_fault
from mock_server.faults.reply import LostResponse, MalformedJson, SlowBody, TruncatedBody, WrongContentType
from mock_server.faults.transmission import Transmission, no_reply, whole

REPLY = whole(200, b"0123456789", "application/json")
ODD_REPLY = whole(200, b"0123456789a", "application/json")
Point = Literal["before-lock", "locked", "charged", "recorded", "headers-sent", "half-body"]
POINTS: tuple[Point, ...] = get_args(Point)
REFUSAL = whole(409, b'{"message":"later"}', "application/json")
TARGET = Target(contract(), "generateImage")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_a_truncated_body_keeps_the_length_of_the_whole() -> None:
    sent = TruncatedBody().change_reply(REPLY)
    assert (sent.status, sent.body, sent.ending) == (200, b"01234", "closed")
    assert sent.headers == REPLY.headers


@pytest.mark.parametrize(
    ("fault", "body"),
    [
        (TruncatedBody(share=0), b""),
        (TruncatedBody(share=0.19), b"0"),
        (TruncatedBody(bytes=0), b""),
        (TruncatedBody(bytes=3), b"012"),
        (TruncatedBody(bytes=3, share=0.9), b"012"),
        (TruncatedBody(bytes=10), b"012345678"),
        (TruncatedBody(bytes=5000), b"012345678"),
    ],
)
def test_the_given_bytes_or_share_are_sent(fault: TruncatedBody, body: bytes) -> None:
    assert fault.change_reply(REPLY).body == body


@given(st.binary(min_size=1), st.one_of(st.none(), st.integers(0)), st.floats(0, 1, exclude_max=True))
def test_a_truncated_body_is_never_whole(body: bytes, length: int | None, share: float) -> None:
    sent = TruncatedBody(bytes=length, share=share).change_reply(whole(200, body, "image/png"))
    assert len(sent.body) < len(body)
    assert body.startswith(sent.body)


def test_the_connection_of_an_empty_body_closes() -> None:
    sent = TruncatedBody().change_reply(whole(200, b"", "application/json"))
    assert (sent.body, sent.ending) == (b"", "closed")


def test_a_slow_body_is_slow_until_it_is_cut() -> None:
    sent = TruncatedBody(bytes=5).change_reply(SlowBody(seconds=4, parts=5).change_reply(REPLY))
    assert [(part.data, part.after) for part in sent.parts] == [(b"01", 0), (b"23", 1), (b"4", 1)]


def malformed(body: bytes) -> Transmission:
    return MalformedJson().change_reply(whole(200, body, "application/json"))


def assert_invalid_json(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any parser error)
        json.loads(body)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"12", b"0", b"true", b'""', b'"\\\\"', b'{"a": [1]}\n', b"1 ", b"[1, 2]"]
)
def test_the_last_byte_becomes_a_comma(body: bytes) -> None:
    sent = malformed(body)
    assert sent.body == body[:-1] + b","
    assert_invalid_json(sent.body)


@given(VALUES, st.sampled_from([None, 2]))
def test_any_json_becomes_invalid(value: Any, indent: int | None) -> None:
    body = json.dumps(value, ensure_ascii=False, indent=indent).encode(errors="replace")
    assert_invalid_json(malformed(body).body)


def test_a_malformed_reply_is_complete_and_of_the_right_length() -> None:
    reply = whole(409, b'{"a":1}', "application/json")
    sent = MalformedJson().change_reply(reply)
    assert (sent.status, sent.ending, sent.headers) == (409, "complete", reply.headers)
    assert len(sent.body) == len(reply.body)


def test_an_empty_body_stays_empty() -> None:
    assert malformed(b"").body == b""


def test_a_malformed_slow_body_stays_slow() -> None:
    slow = SlowBody(seconds=1, parts=5).change_reply(whole(200, b"[]", "application/json"))
    sent = MalformedJson().change_reply(slow)
    assert sent.body == b"[,"
    assert [part.after for part in sent.parts] == [part.after for part in slow.parts]


def can_be_read(reply: Transmission) -> bool:
    try:
        json.loads(reply.body)
    except ValueError:
        return False
    return reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_whether_it_makes_a_complete_reply_unreadable(name: str) -> None:
    needed: dict[str, dict[str, Any]] = {
        "status": {"code": 409},
        "delay": {"seconds": 1},
        "lost-response": {"at": "locked"},
    }
    reply = whole(200, b'{"a":1}', "application/json")
    sent = make_fault(name, needed.get(name, {})).change_reply(reply)
    assert FAULTS[name].unreadable == (sent.ending == "complete" and not can_be_read(sent))


def test_json_is_labelled_as_html() -> None:
    sent = WrongContentType().change_reply(REPLY)
    assert sent.headers == {**REPLY.headers, "content-type": "text/html; charset=utf-8"}
    assert (sent.status, sent.body, sent.ending) == (200, REPLY.body, "complete")


def test_another_media_type_can_be_given() -> None:
    sent = WrongContentType(media_type="text/plain").change_reply(REPLY)
    assert sent.headers["content-type"] == "text/plain"


def test_the_parts_are_even_and_evenly_spread() -> None:
    sent = SlowBody(seconds=6, parts=4).change_reply(REPLY)
    assert [(part.data, part.after) for part in sent.parts] == [(b"01", 0), (b"234", 2), (b"56", 2), (b"789", 2)]
    assert (sent.status, sent.headers, sent.ending) == (REPLY.status, REPLY.headers, REPLY.ending)


@given(st.binary(min_size=1), st.floats(0, 86_400), st.integers(2, 1000))
def test_every_byte_arrives_and_the_last_one_on_time(body: bytes, seconds: float, parts: int) -> None:
    sent = SlowBody(seconds=seconds, parts=parts).change_reply(whole(200, body, "image/png"))
    assert sent.body == body
    assert (len(sent.parts), sent.parts[0].after) == (parts, 0)
    assert sent.parts[-1].data
    assert sum(part.after for part in sent.parts) == pytest.approx(seconds)


def test_a_reply_without_a_body_is_not_delayed() -> None:
    empty = whole(200, b"", "application/json")
    assert SlowBody().change_reply(empty) == empty
    assert SlowBody().change_reply(no_reply("reset")) == no_reply("reset")


def test_a_cut_body_can_be_slow() -> None:
    sent = SlowBody().change_reply(REPLY.cut(4))
    assert (sent.body, sent.ending, sent.headers["content-length"]) == (b"0123", "closed", "10")


def test_the_points_are_those_of_the_drill() -> None:
    assert get_args(get_type_hints(LostResponse)["at"]) == POINTS


@pytest.mark.parametrize("point", POINTS)
def test_the_request_is_not_handled_only_before_the_lock(point: Point) -> None:
    assert LostResponse(at=point).early_reply(TARGET) == (no_reply() if point == "before-lock" else None)


@pytest.mark.parametrize("point", POINTS)
def test_the_generation_is_not_awaited_only_once_it_is_locked(
    point: Point, generation_request: GenerationRequest
) -> None:
    assert LostResponse(at=point).change_generation(generation_request) == replace(
        generation_request, awaited=point != "locked"
    )


@pytest.mark.parametrize("point", POINTS[:4])
def test_no_reply_is_sent(point: Point) -> None:
    assert LostResponse(at=point).change_reply(REPLY) == no_reply()


def test_the_headers_are_sent_without_a_byte_of_the_body() -> None:
    sent = LostResponse(at="headers-sent").change_reply(REPLY)
    assert (sent.status, sent.headers, sent.parts, sent.ending) == (200, REPLY.headers, (), "closed")


def test_half_of_the_body_is_sent() -> None:
    sent = LostResponse(at="half-body").change_reply(REPLY)
    assert (sent.status, sent.headers, sent.body, sent.ending) == (200, REPLY.headers, b"01234", "closed")


@pytest.mark.parametrize("point", POINTS)
def test_a_refusal_is_lost_as_well(point: Point) -> None:
    sent = LostResponse(at=point).change_reply(REFUSAL)
    assert sent.ending == "closed"
    assert len(sent.body) < len(REFUSAL.body)


@pytest.mark.parametrize("point", POINTS)
def test_a_connection_that_was_reset_stays_reset(point: Point) -> None:
    assert LostResponse(at=point).change_reply(no_reply("reset")) == no_reply("reset")
