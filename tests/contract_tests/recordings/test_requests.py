"""The calls of a recording by their purpose."""

from pathlib import Path

import httpx

from contract_tests.recordings.model import read_recording
from support.recordings import Clock, answering, record


def test_a_recording_has_a_preflight_and_a_call_of_another_origin(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        headers = {"access-control-allow-origin": "*"} if "origin" in request.headers else {}
        return httpx.Response(204 if request.method == "OPTIONS" else 200, headers=headers, json={"dall-e": "dalle3"})

    record(answering(answer, Clock(), cap=0), tmp_path)
    of_browser = [each for each in read_recording(tmp_path).exchanges if each.purpose == "calls of a browser"]
    assert [(each.request.method, each.request.target) for each in of_browser] == [
        ("OPTIONS", "/aiimage/generate-image"),
        ("GET", "/aiimage/versions"),
    ]
    for each in of_browser:
        assert each.request.headers["origin"] == "https://app.example"
        assert each.response is not None
        assert each.response.headers["access-control-allow-origin"] == "*"
