"""The log in both forms."""

import json
import logging
import socket

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


def test_every_line_can_be_parsed_whatever_happens() -> None:
    with Server("--log-format", "json", "--generation-time", "60") as server:
        for request in (b"no HTTP\r\n\r\n", b"GET / HTTP/1.1\r\n" + 200 * b"A: b\r\n" + b"\r\n"):
            with socket.create_connection((server.host, server.port), timeout=5) as client:
                client.sendall(request)
                assert client.recv(4096).startswith(b"HTTP/1.1 4")
        busy = {"Authorization": "Bearer demo-busy", "X-Mock-Fault": "delay;seconds=0"}
        httpx.get(f"{server.base_url}/aiimage/check-availability", headers=busy)
        with socket.create_connection((server.host, server.port), timeout=5) as client:
            client.sendall(b"GET /_mock/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert client.recv(4096)
            lines = [json.loads(line) for line in server.stop().splitlines()]
    assert [line.get("rule", line.get("message", "")[:6]) for line in lines] == ["-  400", "-  431", "LOCK-CHECK"]
    assert lines[-1]["faults"] == ["delay"]


def test_a_record_without_fields_is_its_message_with_the_exception() -> None:
    error = ValueError("broken")
    record = logging.LogRecord("any", logging.ERROR, "", 0, "it is %s", ("bad",), (ValueError, error, None))
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"]) == ("error", "it is bad")
    assert "ValueError: broken" in line["exception"]
