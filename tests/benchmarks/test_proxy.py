"""The count of round trips."""

from benchmarks.proxy import RoundTrips


def count(events: str) -> int:
    """Return the round trips of pieces that were sent (">") and answered ("<")."""
    trips = RoundTrips()
    for event in events:
        (trips.sent if event == ">" else trips.answered)()
    return trips.count


def test_a_request_and_its_answer_are_a_trip() -> None:
    assert count("><><") == 2


def test_a_pipeline_is_one_trip() -> None:
    assert count(">>><<<") == 1


def test_an_answer_in_pieces_is_one_trip() -> None:
    assert count("><<<><") == 2


def test_an_unrequested_message_is_not_a_reply() -> None:
    assert count("<<") == 0
