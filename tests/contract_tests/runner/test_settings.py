import shlex
from typing import Any

import pytest

from contract_tests.runner.cli import main
from contract_tests.runner.settings import Settings, make_settings

GIVEN: dict[str, Any] = {
    "target": None,
    "base_url": "http://127.0.0.1:9/api/v1",
    "token": "s3cret",
    "token_env": None,
    "max_credits": 5,
    "only": "AUTH,SHAPE",
    "profile": "quick",
    "seed": None,
    "report": "a folder",
    "strict": True,
    "baseline": None,
}


def settings(**values: Any) -> Settings:
    return make_settings(**{**GIVEN, **values})


def test_the_command_repeats_the_run_with_its_seed_and_without_the_token() -> None:
    made = settings()
    program, name, *arguments = shlex.split(made.command)
    assert (program, name) == ("aiimage-conform", "run")
    again = main.commands["run"].make_context(name, arguments).params
    assert again["seed"] == made.seed
    assert {key: again[key] for key in GIVEN if key not in {"seed", "token", "report"}} == {
        key: value for key, value in GIVEN.items() if key not in {"seed", "token", "report"}
    }
    assert "s3cret" not in made.command


def test_a_given_seed_is_used() -> None:
    assert settings(seed=7).command.endswith("--seed 7 --only AUTH,SHAPE --max-credits 5 --strict")


def test_the_command_names_the_variable_of_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGING_TOKEN", "s3cret")
    made = settings(token=None, token_env="STAGING_TOKEN")
    assert made.target.accounts["primary"].secret.reveal() == "s3cret"
    assert "--token-env STAGING_TOKEN" in made.command
