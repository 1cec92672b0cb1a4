"""The log in both forms, and the colours of a terminal."""

import io
import json
import logging
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Mapping

import httpx
import pytest

from mock_server.logs import JsonLines, use_colours
from support.server import Server


def test_a_line_can_be_json() -> None:
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


def test_every_json_line_can_be_parsed() -> None:
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
    record = logging.LogRecord("any", logging.ERROR, "", 0, "value: %s", ("bad",), (ValueError, error, None))
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["message"]) == ("error", "value: bad")
    assert "ValueError: broken" in line["exception"]


COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "terminal", "colours"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colours_are_for_terminals(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], terminal: bool, colours: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    assert use_colours(Terminal() if terminal else io.StringIO()) is colours


def at_a_terminal(*flags: str, **environment: str) -> str:
    """Return the output of a mock at a terminal, from its start over a refused call to its end."""
    ours, theirs = pty.openpty()
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "mock_server", "serve", "--port", "0", *flags],
        stdout=theirs,
        stderr=theirs,
        env={**kept, "TERM": "xterm", **environment},
    )
    os.close(theirs)
    output = ""
    try:
        while "Ctrl-C" not in output:
            output += os.read(ours, 4096).decode()
        (address,) = set(re.findall(r"http://127\.0\.0\.1:\d+", output))
        url = f"{address}/api/v1/aiimage/check-availability"
        assert httpx.get(url, headers={"Authorization": "Bearer demo-busy"}).status_code == 409
        process.terminate()
        assert process.wait(5) == 0
        output += os.read(ours, 4096).decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return output.replace("\r\n", "\n")


def test_at_a_terminal_statuses_and_the_title_are_coloured() -> None:
    output = at_a_terminal()
    assert "\x1b[1mAI Image API mock\x1b[0m\n" in output
    assert output.endswith("GET /api/v1/aiimage/check-availability \x1b[33m409\x1b[0m\x1b[1m LOCK-CHECK\x1b[0m\n")


@pytest.mark.parametrize(
    ("flags", "environment"),
    [((), {"NO_COLOR": "1"}), ((), {"TERM": "dumb"}), (("--log-format", "json"), {"NO_COLOR": "1"})],
)
def test_colours_can_be_turned_off(flags: tuple[str, ...], environment: Mapping[str, str]) -> None:
    assert not COLOUR.search(at_a_terminal(*flags, **environment))


def test_json_lines_are_never_coloured() -> None:
    line = json.loads(at_a_terminal("--log-format", "json", FORCE_COLOR="1").splitlines()[-1])
    assert (line["status"], line["rule"]) == (409, "LOCK-CHECK")


def test_a_file_has_no_colours() -> None:
    with Server() as server:
        httpx.get(f"{server.origin}/nowhere%1b")
        log = server.stop()
    assert log.endswith("404 NOT-FOUND\n")
    assert "\x1b" not in log + server.greeting


def test_the_greeting_has_the_addresses_and_a_call_to_try() -> None:
    with Server("--generation-time", "0") as server:
        labels = {line[2:15].strip(): line[15:] for line in server.greeting.splitlines()[1:]}
        assert [*labels] == ["API", "page", "reference", "control API", "tokens", "", "try", "stop"]
        assert labels["API"] == server.base_url
        assert labels["page"] == f"{server.origin}/_mock/"
        for label in ("reference", "control API"):
            assert httpx.get(labels[label]).status_code == 200
        done = subprocess.run(["sh", "-c", f"{labels['try']} -sS"], capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["status"] == "success"


@pytest.mark.parametrize(
    ("flags", "control", "page"),
    [
        (("--no-control",), "off", False),
        (("--host", "0.0.0.0"), "off: add --admin-token to use it beyond loopback", False),
        (("--admin-token", "s3cret"), "/_mock/worlds (requires the admin token)", True),
    ],
)
def test_the_greeting_shows_whether_the_control_api_is_on(flags: tuple[str, ...], control: str, page: bool) -> None:
    with Server(*flags) as server:
        (line,) = (each for each in server.greeting.splitlines() if "control API" in each)
        assert line.endswith(control)
        assert ("/_mock/docs" in server.greeting) == page
        assert "s3cret" not in server.greeting
