"""A recording that was never audited is audited before it is used."""

from pathlib import Path

import httpx
import pytest
from msgspec.structs import replace

from contract_tests.errors import UsageError
from contract_tests.recordings.model import Recording, read_recording, write_exchange, write_manifest
from contract_tests.recordings.recorder import Recorder
from contract_tests.recordings.usable import open_recording
from support.recordings import Clock, answering, record

TOKEN = "vell_pk_51H8sQk2eZvKYlo2C9xT3bWq"


def documented(request: httpx.Request) -> httpx.Response:
    """Answer as documented, without credits."""
    if request.method == "POST":
        return httpx.Response(422, json={"message": "The size field is required."})
    listed = request.url.path.endswith("recent-images")
    return httpx.Response(
        200, json=[] if listed else {"status": "success", "message": "Image generation is available."}
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    clock = Clock()
    record(answering(documented, clock, cap=0), tmp_path)
    return tmp_path


def as_if_killed(folder: Path, **headers: str) -> Recording:
    """Leave a recording as a killed process does: without the audit, one reply with further headers."""
    recording = read_recording(folder)
    write_manifest(folder, replace(recording.manifest, audited=False, stopped="the recording was interrupted"))
    first = recording.exchanges[0]
    assert first.response
    response = replace(first.response, headers={**first.response.headers, **headers})
    write_exchange(folder, replace(first, response=response))
    return read_recording(folder)


def test_a_recording_that_ends_is_audited(folder: Path) -> None:
    assert read_recording(folder).manifest.audited
    assert open_recording(folder, [TOKEN]) == read_recording(folder)


def test_a_recorder_that_does_not_end_leaves_no_mark(tmp_path: Path) -> None:
    run = answering(documented, Clock())
    Recorder(tmp_path, run).start()
    run.preflight()
    assert not read_recording(tmp_path).manifest.audited


def test_an_interrupted_recording_without_a_secret_is_used(folder: Path) -> None:
    left = as_if_killed(folder)
    assert not left.manifest.audited
    assert open_recording(folder, [TOKEN]) == left


@pytest.mark.parametrize(("value", "kind"), [(TOKEN, "a token"), ("jane.doe@customer.test", "an email")])
def test_an_interrupted_recording_with_a_secret_is_refused(folder: Path, value: str, kind: str) -> None:
    as_if_killed(folder, **{"x-account": value})
    with pytest.raises(UsageError) as refused:
        open_recording(folder, [TOKEN])
    text = str(refused.value)
    assert kind in text
    assert "Remove the file, or record again." in text
    assert value not in text
    assert str(folder / "exchanges") in text


def test_an_audited_recording_is_not_searched_again(folder: Path) -> None:
    as_if_killed(folder, **{"x-account": TOKEN})
    write_manifest(folder, replace(read_recording(folder).manifest, audited=True))
    assert open_recording(folder, [TOKEN]).exchanges
