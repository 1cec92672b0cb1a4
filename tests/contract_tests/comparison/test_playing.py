"""Replays at a mock: the same mock shows no difference, whatever its ids and times are."""

import json
from pathlib import Path

import httpx
import pytest

from contract_tests.comparison.diagnosis import diagnose
from contract_tests.comparison.playing import replay
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target
from support.recorded import Client, everything, record
from support.recorded_mock import mock, replay_target, service_target


def test_a_mock_answers_its_own_recording_as_before() -> None:
    with mock("--generation-time", "0.2", "--seed", "1") as service:
        recording = record(service_target(service), everything)
    with mock("--seed", "2") as other:
        outcome = replay(recording, replay_target(other))
    assert outcome.played.stopped is None
    assert len(outcome.pairs) == len(recording.exchanges) > 30
    assert outcome.differences() == []


def _verdicts(recording: Recording, target: Target) -> str:
    return json.dumps([finding.document for finding in diagnose(replay(recording, target))])


def _one_image(client: Client) -> None:
    client.generate()
    client.recent()


def test_a_replay_changes_no_account_of_the_target_and_stops_no_clock() -> None:
    with mock("--generation-time", "0.2") as server:
        target = replay_target(server)
        recording = record(service_target(server), _one_image)
        world = f"{server.origin}/_mock/worlds"
        before = httpx.get(f"{world}/anything").json()["credits"]
        assert replay(recording, target).played.stopped is None
        assert httpx.get(f"{world}/anything").json()["credits"] == before
        assert httpx.get(f"{world}/replay-primary").json()["clock"]["mode"] == "real"


@pytest.mark.slow
def test_a_replay_has_the_same_verdicts_each_time(tmp_path: Path) -> None:
    with mock("--generation-time", "0.2") as service:
        recording = record(service_target(service), _one_image)
    changed = tmp_path / "changed.yaml"
    changed.write_text("output_form: url\n")
    with mock("--behaviour", str(changed)) as other:
        verdicts = {_verdicts(recording, replay_target(other)) for _ in range(10)}
    (verdict,) = verdicts
    assert "output_form" in verdict
