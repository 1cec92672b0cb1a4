"""The served reference: access, and its examples in use."""

import json
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server import resources
from mock_server.contract import read_yaml
from support.html import of_class, parsed, text_of
from support.mock import Mock, Start, behaviour, settings
from support.server import Server

STYLE = Path(__file__).parents[3] / "mock_server" / "reference" / "static" / "reference.css"


def test_the_page_and_its_files_load_nothing_else(mock: Mock) -> None:
    page, style, script = (
        mock.call("GET", f"/_mock/{path}", None) for path in ("docs", "docs/reference.css", "docs/reference.js")
    )
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert style.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in style.text
    assert "@import" not in style.text
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    for reply in (page, style, script):
        assert reply.status_code == 200
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';")
        assert "unsafe" not in policy
        assert reply.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/docs/", "/docs/nothing", "/docs/%2e%2e/page.py", "/docs/reference.css/"])
def test_nothing_else_is_served(mock: Mock, path: str) -> None:
    assert mock.call("GET", f"/_mock{path}", None).status_code == 404


def test_the_document_can_be_downloaded(mock: Mock) -> None:
    reply = mock.call("GET", "/_mock/docs/openapi.json", None)
    assert reply.headers["content-type"] == "application/json"
    assert reply.json() == read_yaml(resources.DOCUMENT)


@pytest.mark.parametrize("path", ["docs", "docs/reference.css", "docs/openapi.json"])
def test_the_reference_is_guarded_like_the_control_api(start: Start, path: str) -> None:
    guarded = start(settings(host="0.0.0.0", admin_token="s3cret"))
    assert guarded.call("GET", f"/_mock/{path}", None).status_code == 401
    assert guarded.call("GET", f"/_mock/{path}", "s3cret").status_code == 200
    assert start().call("GET", f"/_mock/{path}", None, headers={"host": "example.com"}).status_code == 421
    assert start(settings(control=False)).call("GET", f"/_mock/{path}", None).status_code == 404


def test_the_reference_shows_the_settings_of_this_mock(start: Start) -> None:
    page = start(settings(behaves=behaviour(lock_seconds=7.25))).call("GET", "/_mock/docs", None).text
    assert [text_of(each) for each in parsed(page).iter("strong") if each[:] == []].count("7.25") == 1


def test_an_invalid_host_does_not_reach_a_command(start: Start) -> None:
    guarded = start(settings(host="0.0.0.0", admin_token="s3cret"))
    page = guarded.call("GET", "/_mock/docs", "s3cret", headers={"host": "x$(touch y)"})
    assert page.status_code == 200
    assert "touch" not in page.text


def test_every_command_on_the_page_gets_its_status(tmp_path: Path) -> None:
    with Server("--generation-time", "0") as server:
        tree = parsed(httpx.get(f"{server.origin}/_mock/docs").text)
        blocks = list(of_class(tree, "shell"))
        assert len(blocks) > 25
        for block in blocks:
            command = re.sub(r"^curl ", "curl -sS -w '\\\\n%{http_code}' ", text_of(block), flags=re.MULTILINE)
            done = subprocess.run(["sh", "-ec", command], cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode == 0, (command, done.stderr)
            body, _, status = done.stdout.rpartition("\n")
            assert status == block.get("data-status"), (command, body)
            assert json.loads(body) is not None


def test_a_forced_response_is_the_example_shown(tmp_path: Path) -> None:
    with Server() as server:
        tree = parsed(httpx.get(f"{server.origin}/_mock/docs").text)
        shown = 0
        for response in of_class(tree, "response"):
            for block in of_class(response, "shell"):
                done = subprocess.run(
                    ["sh", "-ec", f"{text_of(block)} -sS"], capture_output=True, text=True, check=True
                )
                assert json.loads(done.stdout) == json.loads(text_of(next(of_class(response, "json"))))
                shown += 1
        assert shown > 10


def test_the_libraries_of_the_page_are_loaded_on_first_use() -> None:
    started = """
import sys
from starlette.testclient import TestClient
from mock_server.app import create_app
from mock_server.embedding import default_settings
client = TestClient(create_app(default_settings()), base_url="http://127.0.0.1")
def loaded():
    return sorted({"jinja2", "markdown_it", "mock_server.reference"} & set(sys.modules))
assert client.get("/_mock/health").status_code == 200
print(loaded())
assert client.get("/_mock/docs").status_code == 200
print(loaded())
"""
    done = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "['jinja2', 'markdown_it', 'mock_server.reference']"]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * each for each in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_every_text_colour_is_legible_on_every_background(theme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)[theme]
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))
    grounds = [colours.pop(name) for name in ("ground", "paper", "code")]
    del colours["line"]
    assert len(colours) == 10
    assert [name for name, ink in colours.items() for ground in grounds if contrast(ink, ground) < 4.5] == []
