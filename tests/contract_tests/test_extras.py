"""The command that installs an optional part names what the project was installed from."""

import json
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest

from contract_tests import extras


class Recorded:
    def __init__(self, text: str | None) -> None:
        self._text = text

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self._text


@pytest.mark.parametrize(
    ("recorded", "command"),
    [
        ({"url": "file:///a/check%20out", "dir_info": {"editable": True}}, "pip install '/a/check out[contract]'"),
        (
            {"url": "file:///a/aiimage_mock-1-py3-none-any.whl"},
            "pip install '/a/aiimage_mock-1-py3-none-any.whl[contract]'",
        ),
        ({"url": "https://host/a.whl"}, "pip install 'aiimage-mock[contract] @ https://host/a.whl'"),
        (None, "pip install 'aiimage-mock[contract]'"),
    ],
)
def test_the_command_names_the_origin(monkeypatch: pytest.MonkeyPatch, recorded: Any, command: str) -> None:
    text = None if recorded is None else json.dumps(recorded)
    monkeypatch.setattr(extras, "distribution", lambda _: Recorded(text))
    assert extras.install_command("contract") == command


def test_a_checkout_that_is_not_installed_is_its_own_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(extras, "distribution", missing)
    assert extras.install_command("contract") == "pip install '.[contract]'"
