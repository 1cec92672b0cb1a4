"""Recordings in files: what is written is read again, and damage is one sentence."""

from pathlib import Path

import msgspec
import pytest

from contract_tests.errors import UsageError
from contract_tests.recordings.model import (
    EXCHANGES,
    MANIFEST,
    Manifest,
    Part,
    Picture,
    RecordedAccount,
    RecordedExchange,
    Recording,
    Request,
    Response,
    Spent,
    Upload,
    read_recording,
    write_exchange,
    write_manifest,
)

_SOURCE = Upload("source.png", "image/png", 68, "0" * 64, 1, 1)
A_MANIFEST = Manifest(
    suite="1.0",
    document="0" * 64,
    target="http://127.0.0.1:8010/api/v1",
    uploads="http://127.0.0.1:8010/",
    started_at="2026-02-26T10:00:00Z",
    seed=7,
    accounts={"primary": RecordedAccount(), "low": RecordedAccount(credits=2)},
    credits=Spent(1, 3),
)
SENT = [
    RecordedExchange(1, "versions", "getVersions", "primary", 0.0, 0.01, Request("GET", "/aiimage/versions")),
    RecordedExchange(
        2,
        "an upload",
        "generateImage",
        "primary",
        0.5,
        2.0,
        Request(
            "POST",
            "/aiimage/generate-image",
            "Bearer {primary}",
            form=(Part("image_generator", value="stablediffusion"), Part("image_src", file=_SOURCE)),
        ),
        Response(200, {"content-type": "application/json"}, json={"status": "success", "images": [{"id": None}]}),
    ),
    RecordedExchange(
        3,
        "its picture",
        "picture",
        "anonymous",
        2.1,
        2.2,
        Request("GET", "uploads/a.png"),
        Response(200, picture=Picture("image/png", 68, "1" * 64, 1, 1)),
    ),
    RecordedExchange(4, "a break", None, "primary", 3.0, 33.0, Request("GET", "/other"), error="no reply"),
]


def written(folder: Path) -> Path:
    write_manifest(folder, A_MANIFEST)
    for exchange in reversed(SENT):
        write_exchange(folder, exchange)
    return folder


def test_a_recording_is_read_as_it_was_written_in_the_order_of_sending(tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path))
    assert msgspec.json.encode(recording) == msgspec.json.encode(Recording(A_MANIFEST, SENT))
    assert [path.name for path in sorted((tmp_path / EXCHANGES).iterdir())] == [
        "0001-getVersions.json",
        "0002-generateImage.json",
        "0003-picture.json",
        "0004-other.json",
    ]


def test_a_body_of_json_null_is_not_a_missing_body(tmp_path: Path) -> None:
    write_manifest(tmp_path, A_MANIFEST)
    write_exchange(tmp_path, msgspec.structs.replace(SENT[0], response=Response(200, json=None)))
    response = read_recording(tmp_path).exchanges[0].response
    assert response is not None
    assert (response.json, response.text) == (None, msgspec.UNSET)


def test_without_a_recording_the_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"recording\.json: the recording cannot be read: No such file"):
        read_recording(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        (MANIFEST, '{"format": 9}', "this is format 9 of a recording, and this version reads format 1"),
        (MANIFEST, "{", "this is not valid JSON"),
        (f"{EXCHANGES}/0001-getVersions.json", '{"number": "x"}', "number: takes a whole number"),
        (f"{EXCHANGES}/0001-getVersions.json", "[]", "0001-getVersions.json"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(tmp_path: Path, file: str, text: str, message: str) -> None:
    (written(tmp_path) / file).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_recording(tmp_path)
