"""Replays at a mock: the same mock shows no difference, whatever its ids and times are."""

from contract_tests.comparison.playing import replay
from support.recorded import everything, record
from support.recorded_mock import mock, replay_target, service_target


def test_a_mock_answers_its_own_recording_as_before() -> None:
    with mock("--generation-time", "0.2", "--seed", "1") as service:
        recording = record(service_target(service), everything)
    with mock("--seed", "2") as other:
        outcome = replay(recording, replay_target(other))
    assert outcome.played.stopped is None
    assert len(outcome.pairs) == len(recording.exchanges) > 30
    assert outcome.differences() == []
