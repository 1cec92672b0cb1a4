"""Recordings of conforming servers, and of services that die, hang or answer nonsense half-way."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from click.testing import CliRunner
from msgspec import UNSET

from contract_tests.client.masking import Masker
from contract_tests.recordings.model import RecordedExchange, Recording, read_recording
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.runner.cli import main
from contract_tests.wrong_servers.drawn.drawing import draw, named
from support.recordings import Clock, answering, record, record_drawn

IMAGE = {"id": 90531, "title": "vane.png", "input": "a vane", "output": "uploads/vane.png"}


def images(recording: Recording, operation: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for exchange in recording.exchanges:
        if exchange.operation == operation and exchange.response and exchange.response.status == 200:
            body = exchange.response.json
            found += body if isinstance(body, list) else body["images"]
    return found


@pytest.mark.parametrize("seed", [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 8))])
def test_a_drawn_server_charges_at_most_the_cap(seed: int, tmp_path: Path) -> None:
    cap = (0, 1, 2, 3, 5, 8, 13, 40)[seed]
    status, charged = record_drawn(draw(seed + 100), tmp_path, cap, seed)
    recording = read_recording(tmp_path)
    assert status == 0
    assert charged <= recording.manifest.credits.spent <= cap == recording.manifest.credits.cap
    assert recording.manifest.stopped is None
    assert [exchange.number for exchange in recording.exchanges] == [*range(1, len(recording.exchanges) + 1)]


def test_equal_values_stay_equal_in_a_whole_recording(tmp_path: Path) -> None:
    drawn = named(output="with other letters", titles="prompt in words", ids="beyond 64 bits")
    status, charged = record_drawn(drawn, tmp_path, 12)
    recording = read_recording(tmp_path)
    assert (status, charged > 3) == (0, True)
    made, listed = images(recording, "generateImage"), images(recording, "getRecentImages")
    assert {image["id"] for image in made} <= {image["id"] for image in listed}
    assert len({image["id"] for image in made}) == charged
    fetched = {exchange.request.target for exchange in recording.exchanges if exchange.operation == "picture"}
    assert {image["output"] for image in made} == fetched
    prompts = {
        exchange.request.json["description"] for exchange in sent(recording) if "description" in exchange.request.json
    }
    assert {image["input"] for image in made} & prompts


def sent(recording: Recording) -> list[RecordedExchange]:
    return [exchange for exchange in recording.exchanges if isinstance(exchange.request.json, dict)]


def test_a_recording_that_is_sanitised_again_stays_as_it_is(tmp_path: Path) -> None:
    record_drawn(draw(6), tmp_path, 12)
    recording = read_recording(tmp_path)
    manifest = recording.manifest
    again = Sanitiser(Masker([]), StandIns(1, manifest.stand_ins), (manifest.target, manifest.uploads))
    again.learn(text for exchange in recording.exchanges for text in texts(msgspec.to_builtins(exchange.request)))
    replies = [exchange.response for exchange in recording.exchanges if exchange.response]
    assert len(replies) > 40
    for reply in replies:
        assert again.headers(reply.headers) == reply.headers
        if reply.json is not UNSET:
            assert again.json(reply.json) == reply.json


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, each in value.items() for text in (key, *texts(each))]
    if isinstance(value, list | tuple):
        return [text for each in value for text in texts(each)]
    return [value] if isinstance(value, str) else []


def test_calls_that_overlap_overlap_in_the_recording(tmp_path: Path) -> None:
    record_drawn(named(generation_time="12 s"), tmp_path, 12, roles=("primary",))
    during = [each for each in read_recording(tmp_path).exchanges if each.purpose == "calls during a generation"]
    generation = next(each for each in during if each.operation == "generateImage")
    checks = [each for each in during if each.operation == "checkAvailability" and each.sent > generation.sent]
    assert checks[0].received < generation.received
    assert checks[0].response
    assert checks[0].response.status == 409


class Failing:
    """A service that answers as documented at first, and then in another way."""

    def __init__(self, fail: Callable[[httpx.Request], httpx.Response], after: int = 20) -> None:
        self._fail, self._after = fail, after
        self.count = self.charged = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.count += 1
        generates = request.method == "POST" and b"1" in request.content
        if generates and self.count > self._after:
            self.charged += 1
        if self.count > self._after:
            return self._fail(request)
        if generates:
            return httpx.Response(422, json={"message": "The size field is required."})
        body: Any = [IMAGE] if request.url.path.endswith("recent-images") else {"status": "success", "message": "x"}
        return httpx.Response(200, json=body)


def died(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("[Errno 111] Connection refused by host zorblax", request=request)


def nonsense(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b'\x00\xff{"images": [[[' * 500)


def test_a_service_that_dies_leaves_a_partial_recording(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = record(answering(Failing(died), Clock()), tmp_path)
    recording = read_recording(tmp_path)
    assert status == 3
    assert len(recording.exchanges) > 20
    assert recording.exchanges[-1].response is None
    assert recording.exchanges[-1].error
    assert "in a row got no reply" in str(recording.manifest.stopped)
    output = capsys.readouterr().out
    assert "The recording is partial: 4 requests in a row got no reply" in output
    assert "ConnectError: Connection refused by host" in output
    assert "Traceback" not in output
    assert "zorblax" not in output + recording.exchanges[-1].error


def test_a_service_that_hangs_counts_as_paid_and_leaves_a_partial_recording(tmp_path: Path) -> None:
    clock = Clock()

    def hang(request: httpx.Request) -> httpx.Response:
        clock.now += request.extensions["timeout"]["read"]
        raise httpx.ReadTimeout("timed out", request=request)

    # The first call without a reply is a generation.
    service = Failing(hang, after=18)
    run = answering(service, clock)
    assert record(run, tmp_path) == 3
    recording = read_recording(tmp_path)
    assert recording.exchanges[-1].error
    assert service.charged <= recording.manifest.credits.spent <= 9
    assert service.charged > 0
    assert recording.exchanges[-1].received - recording.exchanges[-1].sent >= 30


def test_a_service_that_answers_nonsense_is_recorded_to_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = record(answering(Failing(nonsense), Clock()), tmp_path)
    recording = read_recording(tmp_path)
    assert status == 0
    assert isinstance(recording.exchanges[-1].response.text, str) if recording.exchanges[-1].response else False
    assert "Traceback" not in capsys.readouterr().out


def test_a_service_of_something_else_is_not_recorded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, html="<h1>zorblax</h1>")

    assert record(answering(answer, Clock()), tmp_path) == 3
    assert "does not answer like the AI Image API" in capsys.readouterr().out
    assert "zorblax" not in "".join(path.read_text() for path in tmp_path.rglob("*.json"))


def test_a_full_disk_stops_the_recording_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("contract_tests.recordings.recorder.write_exchange", full)
    assert record(answering(Failing(nonsense), Clock()), tmp_path) == 3
    assert "its files cannot be written: No space left on device" in capsys.readouterr().out


def command(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["record", *arguments])
    return result.exit_code, result.output


def test_a_folder_with_other_files_or_a_recording_is_refused(tmp_path: Path) -> None:
    here = ("--base-url", "http://127.0.0.1:9/api/v1", "--token", "t", "--out", str(tmp_path))
    (tmp_path / "notes.txt").write_text("mine")
    for given in (here, (*here, "--force")):
        status, output = command(*given)
        assert (status, "contains other files" in output) == (2, True)
    (tmp_path / "notes.txt").rename(tmp_path / "recording.json")
    status, output = command(*here)
    assert (status, "--force replaces it" in output) == (2, True)
    status, output = command(*here, "--force")
    assert (status, "Nothing answers at" in output) == (3, True)
    assert json.loads((tmp_path / "recording.json").read_text())["stopped"]


def test_a_remote_service_is_paid_only_after_it_was_allowed(tmp_path: Path) -> None:
    remote = ("--base-url", "https://images.invalid/api/v1", "--token", "t", "--out", str(tmp_path / "r"))
    status, output = command(*remote)
    assert (status, "--yes allows it" in output) == (2, True)
    assert not (tmp_path / "r").exists()
