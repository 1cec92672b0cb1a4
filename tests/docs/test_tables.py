"""The tables list all settings, scenarios, calls and words, and nothing else."""

import re

import pytest

from mock_server import resources
from mock_server.app import rules
from mock_server.configuration import ready_made_scenarios
from mock_server.contract import read_yaml
from support.pages import page

SETTINGS = {**page("settings").table("setting"), **page("settings").table("limit")}
METHODS = {"get", "put", "post", "patch", "delete"}


def test_every_setting_is_in_its_table() -> None:
    assert set(SETTINGS) == set(rules().settings)


@pytest.mark.parametrize("name", rules().settings)
def test_a_setting_is_listed_with_its_values_and_effect(name: str) -> None:
    setting = rules().settings[name]
    default, rule, takes, does = SETTINGS[name]
    shown = ", ".join(map(str, setting.default)) if isinstance(setting.default, list) else str(setting.default)
    assert isinstance(setting.default, dict) or default == shown
    assert rule == (f"{setting.rule} ({setting.source})" if setting.rule else "a limit (assumed)")
    assert takes == setting.takes
    assert does.endswith(".")


def test_every_ready_made_scenario_is_in_its_table() -> None:
    assert set(page("scenarios").names("scenario")) == set(ready_made_scenarios())


def test_every_call_of_the_control_api_is_in_its_table() -> None:
    listed = re.findall(r"^\| `([A-Z]+ /_mock/[^`]*)` \|", page("control").text, re.MULTILINE)
    paths = {path: set(item) & METHODS for path, item in read_yaml(resources.CONTROL)["paths"].items()}
    assert sorted(listed) == sorted(f"{method.upper()} {path}" for path, found in paths.items() for method in found)
