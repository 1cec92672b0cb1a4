"""Bodies that trickle in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults.reply import SlowBody
from mock_server.faults.transmission import nothing, whole

REPLY = whole(200, b"0123456789", "application/json")


def test_the_parts_are_even_and_evenly_spread() -> None:
    sent = SlowBody(seconds=6, parts=4).transmit(REPLY)
    assert [(part.data, part.after) for part in sent.parts] == [(b"01", 0), (b"234", 2), (b"56", 2), (b"789", 2)]
    assert (sent.status, sent.headers, sent.ending) == (REPLY.status, REPLY.headers, REPLY.ending)


@given(st.binary(min_size=1), st.floats(0, 86_400), st.integers(2, 1000))
def test_no_byte_is_lost_and_the_last_comes_when_it_should(body: bytes, seconds: float, parts: int) -> None:
    sent = SlowBody(seconds=seconds, parts=parts).transmit(whole(200, body, "image/png"))
    assert sent.body == body
    assert (len(sent.parts), sent.parts[0].after) == (parts, 0)
    assert sent.parts[-1].data
    assert sum(part.after for part in sent.parts) == pytest.approx(seconds)


def test_what_has_no_body_has_nothing_to_wait_for() -> None:
    empty = whole(200, b"", "application/json")
    assert SlowBody().transmit(empty) == empty
    assert SlowBody().transmit(nothing("reset")) == nothing("reset")


def test_a_body_that_breaks_off_breaks_off_at_the_end_of_its_parts() -> None:
    sent = SlowBody().transmit(REPLY.cut(4))
    assert (sent.body, sent.ending, sent.headers["content-length"]) == (b"0123", "closed", "10")
