"""Bodies that do not parse."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults.reply import MalformedJson, SlowBody
from mock_server.faults.transmission import Transmission, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def spoilt(body: bytes) -> Transmission:
    return MalformedJson().transmit(whole(200, body, "application/json"))


def assert_no_json(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (whatever the parser says)
        json.loads(body)
    with pytest.raises(msgspec.DecodeError):
        msgspec.json.decode(body)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b"12", b"0", b"true", b'""', b'"\\\\"', b'{"a": [1]}\n', b"1 ", b"[1, 2]"]
)
def test_a_body_is_broken_at_its_end(body: bytes) -> None:
    sent = spoilt(body)
    assert sent.body == body[:-1] + b","
    assert_no_json(sent.body)


@given(VALUES, st.sampled_from([None, 2]))
def test_no_json_survives(value: Any, indent: int | None) -> None:
    body = json.dumps(value, ensure_ascii=False, indent=indent).encode(errors="replace")
    assert_no_json(spoilt(body).body)


def test_the_reply_is_complete_and_of_the_right_length() -> None:
    reply = whole(409, b'{"a":1}', "application/json")
    sent = MalformedJson().transmit(reply)
    assert (sent.status, sent.ending, sent.headers) == (409, "complete", reply.headers)
    assert len(sent.body) == len(reply.body)


def test_an_empty_body_is_no_json_as_it_is() -> None:
    assert spoilt(b"").body == b""


def test_a_slow_body_is_broken_at_its_end_and_stays_slow() -> None:
    slow = SlowBody(seconds=1, parts=5).transmit(whole(200, b"[]", "application/json"))
    sent = MalformedJson().transmit(slow)
    assert sent.body == b"[,"
    assert [part.after for part in sent.parts] == [part.after for part in slow.parts]
