"""docs/conformance.md matches the suite."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.checks.decisions import PROFILES, Profile
from contract_tests.oracle import resources
from contract_tests.oracle.resources import load_rules
from contract_tests.runner.plan import PHASES, make_plan
from contract_tests.runner.settings import Settings
from contract_tests.runner.target import ROLES, load_target
from support.conformance import declared, target
from support.pages import page

PAGE = page("conformance")


def test_the_example_is_a_valid_target_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = PAGE.blocks("yaml")
    path = tmp_path / "target.yaml"
    path.write_text(example)
    for name in re.findall(r"token_env: (\w+)", example):
        monkeypatch.setenv(name, "a-token")
    aim = load_target(path)
    assert (aim.accounts["low"].figure, aim.budget.images, aim.timeouts.generation) == (3, 30, 120)
    assert PAGE.table("key").keys() == set(re.findall(r"^(\w+):", example, re.MULTILINE))


def test_every_role_is_listed_with_known_rules() -> None:
    roles = PAGE.table("role")
    assert list(roles) == list(ROLES)
    named = {rule for _, decides in roles.values() for rule in re.findall(r"\b[A-Z0-9]+(?:-[A-Z0-9]+)+\b", decides)}
    assert named <= load_rules().keys()


def test_every_verdict_and_phase_is_listed() -> None:
    assert list(PAGE.table("verdict")) == ["passed", "violated", "differs", "skipped", "inconclusive"]
    assert list(PAGE.table("phase")) == list(PHASES)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_cost_estimates_are_those_of_a_plan(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIIMAGE_TOKEN", "a-token")
    one = load_target(resources.fixture("targets", "real.yaml"))
    every = replace(target(*ROLES), budget=one.budget)
    figures = PAGE.table("profile")[profile][1:]
    for aim, figure in zip((one, every), figures, strict=True):
        settings = Settings(aim, profile)
        plan = make_plan(declared(), aim, profile, settings.rules, settings.cap)
        assert int(figure) == min(plan.credits, settings.cap)
