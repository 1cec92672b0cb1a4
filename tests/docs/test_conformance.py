"""docs/conformance.md is held to what it says."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.checks.decisions import PROFILES, Profile
from contract_tests.oracle import resources
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.plan import PHASES
from contract_tests.runner.session import make_bill
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import ROLES, load_target
from support.conformance import target
from support.pages import page

PAGE = page("conformance")


def test_the_example_of_a_target_file_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = PAGE.blocks("yaml")
    path = tmp_path / "target.yaml"
    path.write_text(example)
    for name in re.findall(r"token_env: (\w+)", example):
        monkeypatch.setenv(name, "a-token")
    aim = load_target(path)
    assert (aim.accounts["low"].figure, aim.budget.images, aim.timeouts.generation) == (3, 30, 120)
    assert PAGE.table("key").keys() == set(re.findall(r"^(\w+):", example, re.MULTILINE))


def test_every_role_is_told_with_rules_that_there_are() -> None:
    told = PAGE.table("role")
    assert list(told) == list(ROLES)
    named = {rule for _, decides in told.values() for rule in re.findall(r"\b[A-Z0-9]+(?:-[A-Z0-9]+)+\b", decides)}
    assert named <= load_rules().keys()


def test_every_word_and_phase_is_told() -> None:
    assert list(PAGE.table("word")) == ["held", "violated", "differs", "skipped", "could not look"]
    assert list(PAGE.table("phase")) == list(PHASES)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_bill_is_what_a_plan_tells(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIIMAGE_TOKEN", "a-token")
    one = load_target(resources.fixture("targets", "real.yaml"))
    every = replace(target(*ROLES), budget=one.budget)
    told = PAGE.table("profile")[profile][1:]
    for aim, figure in zip((one, every), told, strict=True):
        settings = Settings(aim, profile)
        assert int(figure) == min(make_bill(settings).credits, settings.cap)
