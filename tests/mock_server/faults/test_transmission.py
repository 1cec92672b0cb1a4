"""Transmissions, and how they are cut."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults.transmission import Part, Transmission, empty, no_reply, whole

REPLY = whole(200, b"0123456789", "application/json", {"Allow": "GET"})
SLOW = Transmission(200, {"content-length": "6"}, (Part(b"ab"), Part(b"cd", 1), Part(b"ef", 2)))


def test_a_complete_reply_has_its_length_and_type() -> None:
    assert REPLY.headers == {"content-length": "10", "content-type": "application/json", "allow": "GET"}
    assert (REPLY.status, REPLY.body, REPLY.ending) == (200, b"0123456789", "complete")


def test_no_reply_has_no_status_and_no_body() -> None:
    assert no_reply("reset") == Transmission(None, {}, (), "reset")
    assert no_reply().ending == "closed"


def test_a_header_replaces_one_of_the_same_name() -> None:
    changed = REPLY.with_header("content-type", "text/html")
    assert changed.headers == {**REPLY.headers, "content-type": "text/html"}
    assert REPLY.headers["content-type"] == "application/json"


def test_a_cut_reply_keeps_the_length_of_the_whole() -> None:
    cut = REPLY.cut(4)
    assert (cut.body, cut.ending, cut.headers) == (b"0123", "closed", REPLY.headers)


def test_a_cut_reply_keeps_its_timing() -> None:
    assert SLOW.cut(3, "reset") == Transmission(200, SLOW.headers, (Part(b"ab"), Part(b"c", 1)), "reset")


def test_a_cut_at_the_beginning_leaves_no_body() -> None:
    assert SLOW.cut(0).parts == ()


def test_a_reply_that_ends_sooner_is_not_changed() -> None:
    assert REPLY.cut(4, "reset").cut(5) == REPLY.cut(4, "reset")
    assert no_reply("reset").cut(0) == no_reply("reset")


@given(st.lists(st.binary(max_size=5)), st.integers(0, 30))
def test_a_cut_body_is_a_prefix_of_the_body(bodies: list[bytes], length: int) -> None:
    transmission = Transmission(200, {}, tuple(map(Part, bodies)))
    assert transmission.cut(length).body == transmission.body[:length]


def test_an_empty_reply_declares_its_length_unless_its_status_forbids_it() -> None:
    assert empty(404, {"Allow": "GET"}).headers == {"allow": "GET", "content-length": "0"}
    assert empty(204).headers == {}
    assert (empty(204).body, empty(204).ending) == (b"", "complete")
