"""Counting of round trips."""

from benchmarks.proxy import Turns


def count(events: str) -> int:
    """Return the round trips of a sequence of messages sent (">") and received ("<")."""
    turns = Turns()
    for event in events:
        (turns.sent if event == ">" else turns.answered)()
    return turns.count


def test_a_request_and_its_reply_are_a_round_trip() -> None:
    assert count("><><") == 2


def test_a_pipeline_is_one_round_trip() -> None:
    assert count(">>><<<") == 1


def test_a_reply_in_pieces_is_one_round_trip() -> None:
    assert count("><<<><") == 2


def test_an_unrequested_message_is_not_a_reply() -> None:
    assert count("<<") == 0
