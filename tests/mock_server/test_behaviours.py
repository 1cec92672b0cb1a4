"""Behaviours, in files and ready-made: each can be served, and says how it differs from the default."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from mock_server import resources
from mock_server.app import create_app, rules
from mock_server.behaviours import read_behaviour, read_changes, ready_made_behaviours
from mock_server.cli import main
from mock_server.configuration import ConfigurationError
from support.asgi import call
from support.clocks import JumpingClock
from support.mock import settings

NAMES = ready_made_behaviours()
DEFAULTS = {name: setting.default for name, setting in rules().settings.items()}


def test_the_default_is_the_first_and_changes_nothing() -> None:
    assert NAMES == ["documented", "family", "platform", "strict"]
    assert read_changes(Path("documented"), rules())[0] == {}


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_behaviour_names_only_what_differs_and_breaks_no_documented_rule(name: str) -> None:
    changed = read_changes(Path(name), rules())[0]
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
    assert {**DEFAULTS, **read_changes(Path(name), rules())[0]} == shown
    generated = asyncio.run(call(app, "GET", "/api/v1/aiimage/check-availability", "demo"))
    assert generated.status == 200


def test_the_command_lists_each_with_what_differs() -> None:
    printed = CliRunner().invoke(main, ["behaviours"]).output
    assert (
        "platform: The API as other pages of the vendor's documentation describe it.\n  error_body: envelope" in printed
    )
    for name in NAMES:
        assert f"{name}: " in printed
        for setting in read_changes(Path(name), rules())[0]:
            assert f"  {setting}: " in printed


def test_an_unknown_name_is_refused_with_the_one_that_is_meant() -> None:
    result = CliRunner().invoke(main, ["serve", "--behaviour", "famly"])
    assert (result.exit_code, result.output) == (
        2,
        "Error: --behaviour: unknown behaviour famly; did you mean family?\n",
    )


def write(folder: Path, text: str) -> Path:
    path = folder / "file.yaml"
    path.write_text(text)
    return path


def test_the_default_behaviour_is_that_of_the_rules() -> None:
    behaviour = read_behaviour(None, rules())
    assert (behaviour.lock_seconds, behaviour.credits_per_image, behaviour.credit_need) == (10, 1, "all")


def test_a_behaviour_file_overrides(tmp_path: Path) -> None:
    behaviour = read_behaviour(write(tmp_path, "lock_seconds: 2.5\nversions: {ideogram: v3}"), rules())
    assert behaviour.lock_seconds == 2.5
    assert behaviour.versions == {"ideogram": "v3"}
    assert behaviour.max_images == 10


def test_an_empty_behaviour_file_changes_nothing(tmp_path: Path) -> None:
    assert read_behaviour(write(tmp_path, ""), rules()) == read_behaviour(None, rules())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lock_second: 3", "unknown setting lock_second; did you mean lock_seconds?"),
        ("zzz: red", "unknown setting zzz; known: unauthenticated_status, unauthenticated_body, further_fields"),
        ("lock_seconds: 0", "lock_seconds takes number > 0, not 0"),
        ("lock_seconds: true", "lock_seconds takes number > 0, not true"),
        ("credit_need: some", "credit_need takes one of all, any, not 'some'"),
        ("credits_per_image: -1", "credits_per_image takes integer >= 0, not -1"),
        ("versions: [a]", 'versions takes object of strings, not ["a"]'),
        ("absent_engines: [dalle]", "absent_engines takes list of engines (dall-e, stablediffusion, flux-pro,"),
        ("generation_seconds: {dall-e: -1}", "takes seconds by engine (dall-e, stablediffusion, "),
        ("generation_seconds: {dalle: 1}", 'not {"dalle": 1}'),
        ("- a", "expected settings by name"),
        ("a: [", "is not YAML"),
    ],
)
def test_an_invalid_behaviour(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_behaviour(write(tmp_path, text), rules())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
