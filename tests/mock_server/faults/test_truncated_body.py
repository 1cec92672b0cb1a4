"""Bodies that break off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults.reply import SlowBody, TruncatedBody
from mock_server.faults.transmission import whole

REPLY = whole(200, b"0123456789", "application/json")


def test_half_of_the_body_is_sent_under_the_length_of_the_whole() -> None:
    sent = TruncatedBody().transmit(REPLY)
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
def test_so_many_bytes_or_that_share_is_sent(fault: TruncatedBody, body: bytes) -> None:
    assert fault.transmit(REPLY).body == body


@given(st.binary(min_size=1), st.one_of(st.none(), st.integers(0)), st.floats(0, 1, exclude_max=True))
def test_a_truncated_body_is_never_whole(body: bytes, length: int | None, share: float) -> None:
    sent = TruncatedBody(bytes=length, share=share).transmit(whole(200, body, "image/png"))
    assert len(sent.body) < len(body)
    assert body.startswith(sent.body)


def test_an_empty_body_cannot_be_cut_but_its_connection_closes() -> None:
    sent = TruncatedBody().transmit(whole(200, b"", "application/json"))
    assert (sent.body, sent.ending) == (b"", "closed")


def test_a_slow_body_is_slow_until_it_breaks_off() -> None:
    sent = TruncatedBody(bytes=5).transmit(SlowBody(seconds=4, parts=5).transmit(REPLY))
    assert [(part.data, part.after) for part in sent.parts] == [(b"01", 0), (b"23", 1), (b"4", 1)]
