"""The log in both forms."""

import json
import logging

import httpx

from mock_server.logs import JsonLines
from support.server import Server


def test_lines_can_be_json() -> None:
    with Server("--log-format", "json") as server:
        httpx.get(f"{server.origin}/nowhere")
        line = json.loads(server.stop())
    assert line.pop("time").endswith("Z")
    assert line.pop("id").endswith("00000001")
    assert line == {
        "level": "info",
        "method": "GET",
        "path": "/nowhere",
        "status": 404,
        "rule": "NOT-FOUND",
        "faults": [],
    }


def test_a_record_without_fields_is_its_message_with_the_exception() -> None:
    error = ValueError("broken")
    record = logging.LogRecord("any", logging.ERROR, "", 0, "it is %s", ("bad",), (ValueError, error, None))
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"]) == ("error", "it is bad")
    assert "ValueError: broken" in line["exception"]
