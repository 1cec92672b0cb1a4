"""The selftest: a quick part of it, and how it judges."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract_tests.runner.cli import main
from contract_tests.selftest import MODES, faults, jobs_for, matrix, totals
from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.judging import Finding, fault, find, verdict

QUICK = (
    "no-authentication",
    "versions-as-list",
    "lock-ignored",
    "always-available",
    "poor-as-402",
    "limit-as-403",
    "input-empty",
    "picture-missing",
    "source-not-needed",
    "recent-of-everybody",
)


@pytest.mark.parametrize("name", QUICK)
def test_a_wrong_server_is_caught_by_the_rule_it_breaks(name: str) -> None:
    entry = CATALOGUE[name]
    finding = find(entry, "control", 1, only=entry.rules)
    assert fault(entry, finding) is None
    assert finding.exit_status == 1


@pytest.mark.parametrize("name", ["empty", "echo", "always-fine", "garbage", "cuts-replies"])
def test_what_is_no_service_never_passes(name: str) -> None:
    entry = CATALOGUE[name]
    finding = find(entry, "black-box", 1, only=("AUTH", "VERSIONS", "CREDIT-419"))
    assert fault(entry, finding) is None
    assert finding.exit_status in {1, 3}


FINDING = Finding("lock-ignored", "control", 1, 1, 2.0, ("LOCK-ONE",), (), {}, None, reports=True)


@pytest.mark.parametrize(
    ("name", "said", "complaint"),
    [
        ("lock-ignored", {}, None),
        ("lock-ignored", {"violated": ("SHAPE",)}, "not caught by LOCK-ONE, only by SHAPE"),
        ("lock-ignored", {"violated": ()}, "not caught by LOCK-ONE"),
        ("lock-ignored", {"reports": False}, "it left no reports"),
        ("lock-ignored", {"reasons": {"SHAPE": "could_not_look: a fault of the suite: x"}}, "a fault of the suite"),
        ("oldest-first", {"violated": (), "differs": ("RECENT-ORDER",)}, None),
        ("oldest-first", {"differs": ("RECENT-ORDER",)}, "violated: LOCK-ONE"),
        ("right", {"violated": (), "exit_status": 0}, None),
        ("right", {"violated": ()}, None),
        ("right", {"violated": (), "differs": ("ORDER",)}, "differs: ORDER"),
        ("right-with-full-lock", {"violated": (), "differs": ("LOCK-RELEASE",)}, None),
        ("empty", {"exit_status": 3}, None),
        ("empty", {"exit_status": 0}, "it ended with exit status 0"),
    ],
)
def test_what_is_not_as_it_should_be_is_said(name: str, said: dict[str, Any], complaint: str | None) -> None:
    found = fault(CATALOGUE[name], replace(FINDING, name=name, **said))
    assert (complaint is None) == (found is None)
    assert (complaint or "") in (found or "")


def test_a_verdict_names_the_rule_or_what_came_instead() -> None:
    entry = CATALOGUE["lock-ignored"]
    assert verdict(entry, FINDING) == "LOCK-ONE"
    assert verdict(entry, replace(FINDING, violated=("SHAPE",), differs=("ORDER",))) == "SHAPE,(ORDER)"
    assert verdict(entry, replace(FINDING, violated=())) == "survived"
    assert verdict(CATALOGUE["right"], replace(FINDING, violated=(), exit_status=0)) == "exit 0"


def test_a_right_server_has_every_seed_and_a_broken_one_no_control() -> None:
    chosen = [CATALOGUE[name] for name in ("right", "lock-ignored", "garbage")]
    jobs = [(job.entry.name, job.mode, job.seed) for job in jobs_for(chosen, MODES["both"], 2)]
    assert jobs == [
        ("right", "black-box", 1),
        ("right", "black-box", 2),
        ("right", "control", 1),
        ("right", "control", 2),
        ("lock-ignored", "black-box", 1),
        ("lock-ignored", "control", 1),
        ("garbage", "black-box", 1),
    ]


def test_the_matrix_fits_a_hundred_columns_and_the_totals_count() -> None:
    survivor = replace(FINDING, name="lock-lives-11-seconds", violated=())
    findings = [FINDING, survivor]
    lines = list(matrix([CATALOGUE[finding.name] for finding in findings], findings))
    assert max(map(len, "\n".join(lines).splitlines())) <= 100
    assert "! survived" in lines[-1]
    summary = "\n".join(totals(findings))
    assert "control: of 2 wrong servers 1 caught by the right rule, 0 by another only, 1 survived" in summary
    assert len(faults(findings)) == 1


def test_the_command_prints_the_matrix_and_fails_where_something_is_not_right(tmp_path: Path) -> None:
    report = tmp_path / "findings.json"
    arguments = ["selftest", "--mode", "black-box", "--only", "garbage,echo", "--jobs", "2", "--report", str(report)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "All are as they should be." in result.output
    assert '"name": "garbage"' in report.read_text(encoding="utf-8")


def test_an_unknown_name_is_named() -> None:
    result = CliRunner().invoke(main, ["selftest", "--only", "lock-ignored,nobody"])
    assert result.exit_code == 2
    assert "no server and no rule is called nobody" in result.output
