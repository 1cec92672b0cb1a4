"""The ready-made behaviours: each can be served, and says how it differs from the default."""

import asyncio

import pytest
from click.testing import CliRunner

from mock_server import resources
from mock_server.app import create_app, rules
from mock_server.cli import main
from mock_server.configuration import read_behaviour, read_ready_made_behaviour, ready_made_behaviours
from support.asgi import call
from support.clocks import JumpingClock
from support.mock import settings

NAMES = ready_made_behaviours()
DEFAULTS = {name: setting.default for name, setting in rules().settings.items()}


def test_the_default_is_the_first_and_changes_nothing() -> None:
    assert NAMES == ["documented", "family", "platform", "strict"]
    assert read_ready_made_behaviour("documented", rules()) == {}


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_behaviour_names_only_what_differs_and_breaks_no_documented_rule(name: str) -> None:
    changed = read_ready_made_behaviour(name, rules())
    assert changed
    for setting, value in changed.items():
        assert value != DEFAULTS[setting], setting
        assert rules().settings[setting].source != "doc", setting
        assert rules().settings[setting].rule, f"{setting} is a limit"


@pytest.mark.parametrize("name", NAMES)
def test_a_behaviour_is_served_and_can_be_read(name: str) -> None:
    behaviour = read_behaviour(resources.BEHAVIOURS / f"{name}.yaml", rules())
    app = create_app(settings(behaves=behaviour), JumpingClock())
    shown = {each["name"]: each["value"] for each in asyncio.run(call(app, "GET", "/_mock/behaviour")).body}
    assert {**DEFAULTS, **read_ready_made_behaviour(name, rules())} == shown
    generated = asyncio.run(call(app, "GET", "/api/v1/aiimage/check-availability", "demo"))
    assert generated.status == 200


def test_the_command_lists_each_with_what_differs() -> None:
    printed = CliRunner().invoke(main, ["behaviours"]).output
    assert (
        "platform: The API as other pages of the vendor's documentation describe it.\n  error_body: envelope" in printed
    )
    for name in NAMES:
        assert f"{name}: " in printed
        for setting in read_ready_made_behaviour(name, rules()):
            assert f"  {setting}: " in printed


def test_an_unknown_name_is_refused_with_the_one_that_is_meant() -> None:
    result = CliRunner().invoke(main, ["serve", "--behaviour", "famly"])
    assert (result.exit_code, result.output) == (
        2,
        "Error: --behaviour: unknown behaviour famly; did you mean family?\n",
    )
