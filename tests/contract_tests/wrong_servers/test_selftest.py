"""A quick part of the selftest, its expectations and its output."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contract_tests.runner.cli import main
from contract_tests.wrong_servers.catalogue import CATALOGUE
from contract_tests.wrong_servers.expected import summary, unexpected
from contract_tests.wrong_servers.matrix import matrix, problems, totals
from contract_tests.wrong_servers.planning import MODES, jobs_for
from contract_tests.wrong_servers.trial import Trial, run_trial

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
    trial = run_trial(entry, "control", 1, only=entry.rules)
    assert unexpected(entry, trial) is None
    assert trial.exit_status == 1


@pytest.mark.parametrize("name", ["empty", "echo", "always-fine", "garbage", "cuts-replies"])
def test_a_null_or_broken_server_never_passes(name: str) -> None:
    entry = CATALOGUE[name]
    trial = run_trial(entry, "black-box", 1, only=("AUTH", "VERSIONS", "CREDIT-419"))
    assert unexpected(entry, trial) is None
    assert trial.exit_status in {1, 3}


TRIAL = Trial("lock-ignored", "control", 1, 1, 2.0, ("LOCK-ONE",), (), {}, None, reports=True)


@pytest.mark.parametrize(
    ("name", "changes", "complaint"),
    [
        ("lock-ignored", {}, None),
        ("lock-ignored", {"violated": ("SHAPE",)}, "not caught by LOCK-ONE, only by SHAPE"),
        ("lock-ignored", {"violated": ()}, "not caught by LOCK-ONE"),
        ("lock-ignored", {"reports": False}, "it left no reports"),
        ("lock-ignored", {"reasons": {"SHAPE": "inconclusive: a fault of the suite: x"}}, "a fault of the suite"),
        ("oldest-first", {"violated": (), "differs": ("RECENT-ORDER",)}, None),
        ("oldest-first", {"differs": ("RECENT-ORDER",)}, "violated: LOCK-ONE"),
        ("conforming", {"violated": (), "exit_status": 0}, None),
        ("conforming", {"violated": ()}, None),
        ("conforming", {"violated": (), "differs": ("ORDER",)}, "differs: ORDER"),
        ("conforming-with-full-lock", {"violated": (), "differs": ("LOCK-RELEASE",)}, None),
        ("empty", {"exit_status": 3}, None),
        ("empty", {"exit_status": 0}, "it ended with exit status 0"),
    ],
)
def test_an_unexpected_result_is_reported(name: str, changes: dict[str, Any], complaint: str | None) -> None:
    found = unexpected(CATALOGUE[name], replace(TRIAL, name=name, **changes))
    assert (complaint is None) == (found is None)
    assert (complaint or "") in (found or "")


def test_a_summary_names_the_rule_or_the_other_findings() -> None:
    entry = CATALOGUE["lock-ignored"]
    assert summary(entry, TRIAL) == "LOCK-ONE"
    assert summary(entry, replace(TRIAL, violated=("SHAPE",), differs=("ORDER",))) == "SHAPE,(ORDER)"
    assert summary(entry, replace(TRIAL, violated=())) == "survived"
    assert summary(CATALOGUE["conforming"], replace(TRIAL, violated=(), exit_status=0)) == "exit 0"


def test_a_conforming_server_has_every_seed_and_a_broken_one_no_control() -> None:
    chosen = [CATALOGUE[name] for name in ("conforming", "lock-ignored", "garbage")]
    jobs = [(job.name, job.mode, job.seed) for job in jobs_for(chosen, MODES["both"], 2)]
    assert jobs == [
        ("conforming", "black-box", 1),
        ("conforming", "black-box", 2),
        ("conforming", "control", 1),
        ("conforming", "control", 2),
        ("lock-ignored", "black-box", 1),
        ("lock-ignored", "control", 1),
        ("garbage", "black-box", 1),
    ]


def test_the_matrix_fits_a_hundred_columns_and_the_totals_count() -> None:
    survivor = replace(TRIAL, name="lock-expires-a-second-late", violated=())
    trials = [TRIAL, survivor]
    lines = list(matrix([CATALOGUE[trial.name] for trial in trials], trials))
    assert max(map(len, "\n".join(lines).splitlines())) <= 100
    assert "! survived" in lines[-1]
    assert next(totals(trials)) == (
        "control: Of 2 wrong servers, 1 were caught by the right rule, 0 only by another rule, and 1 survived."
    )
    assert len(problems(trials)) == 1


def test_the_command_prints_the_matrix_and_writes_the_results(tmp_path: Path) -> None:
    report = tmp_path / "trials.json"
    arguments = ["selftest", "--mode", "black-box", "--only", "garbage,echo", "--jobs", "2", "--report", str(report)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert "All results are as expected." in result.output
    assert '"name": "garbage"' in report.read_text(encoding="utf-8")


def test_an_unknown_name_is_named() -> None:
    result = CliRunner().invoke(main, ["selftest", "--only", "lock-ignored,unknown"])
    assert result.exit_code == 2
    assert "unknown server, kind or rule: unknown" in result.output
