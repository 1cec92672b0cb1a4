"""How round trips are counted."""

from benchmarks.proxy import Turns


def count(events: str) -> int:
    """Count the turns of what was sent (">") and answered ("<")."""
    turns = Turns()
    for event in events:
        (turns.sent if event == ">" else turns.answered)()
    return turns.count


def test_a_request_and_its_answer_are_a_trip() -> None:
    assert count("><><") == 2


def test_a_pipeline_is_one_trip() -> None:
    assert count(">>><<<") == 1


def test_an_answer_in_pieces_is_one_trip() -> None:
    assert count("><<<><") == 2


def test_an_unrequested_message_is_not_a_reply() -> None:
    assert count("<<") == 0
