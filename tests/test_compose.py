"""compose.yaml and the Dockerfile: what they start is what the command line takes."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from mock_server.cli import main, serve
from mock_server.contract import read_yaml

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = read_yaml(ROOT / "compose.yaml")
MOCK = COMPOSE["services"]["mock"]
BALANCER = COMPOSE["configs"]["balancer"]["content"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def flags(command: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the command line makes of a command."""
    for name in MOCK["environment"]:
        monkeypatch.setenv(name, "a-token")
    name, *arguments = shlex.split(command)
    assert main.commands[name] is serve
    return serve.make_context("serve", arguments).params


def test_the_mocks_share_the_valkey_that_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    given = flags(MOCK["command"], monkeypatch)
    assert given["workers"] > 1
    assert given["state"].removeprefix("redis://").split(":")[0] in COMPOSE["services"]
    assert (given["host"], given["admin_token"]) == ("0.0.0.0", "a-token")
    assert set(MOCK["depends_on"]) < set(COMPOSE["services"])


def test_every_variable_of_the_mocks_is_a_flag_of_theirs() -> None:
    assert set(MOCK["environment"]) <= {parameter.envvar for parameter in serve.params}


def test_the_balancer_sends_calls_to_all_mocks_and_asks_whether_they_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    given = flags(MOCK["command"], monkeypatch)
    most, name, port = re.findall(r"server-template mock (\d+) (\w+):(\d+)", BALANCER)[0]
    assert MOCK["deploy"]["replicas"] <= int(most)
    assert COMPOSE["services"][name] is MOCK
    assert int(port) == given["port"]
    assert "http-check send meth GET uri /_mock/health " in BALANCER
    published = COMPOSE["services"]["balancer"]["ports"][0].rpartition(":")[2]
    assert f"bind :{published}\n" in BALANCER


def test_the_image_starts_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    (entry,), (command,) = (re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE) for word in ("ENTRYPOINT", "CMD"))
    assert json.loads(entry) == ["aiimage-mock"]
    assert flags(shlex.join(json.loads(command)), monkeypatch)["host"] == "0.0.0.0"


def test_the_image_is_made_of_what_the_package_needs() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert all((ROOT / name).exists() for name in kept)
    assert kept >= {"constraints.txt", "pyproject.toml", "README.md", "LICENSE", "mock_server", "contract_tests"}
    assert kept >= {"openapi", "fixtures"}
