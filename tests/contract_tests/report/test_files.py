import json
from pathlib import Path
from xml.etree import ElementTree

from contract_tests.report import files
from contract_tests.report.terminal import summary_text
from contract_tests.runner.baseline import Accepted, Baseline
from contract_tests.runner.run import Run
from support.conformance import TOKEN
from support.finished import finished_run

NAMES = ["junit.xml", "report.html", "report.json", "summary.md"]


def test_report_json_has_the_agreed_shape(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.started = run.transport.clock() - 12.32
    files.write_all(run)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["target"] == {"base_url": "http://127.0.0.1:9/api/v1"}
    assert (report["seconds"], report["seed"], report["verdict"]) == (12.3, 7, "violations")
    assert report["credits"] == {"spent": 0, "cap": 3}
    assert report["requests"] == 0
    first = report["rules"][0]
    assert {"id", "source", "verdict", "reason", "tests", "evidence"} <= first.keys()
    assert (first["id"], first["verdict"], first["tests"]) == ("LOCK-ONE", "violated", ["a.py::t"])
    assert {"curl", "request", "response", "expected", "received"} <= first["evidence"][0].keys()
    assert first["evidence"][0]["request"]["body"] == {"a": 1}
    assert [entry["at"] for entry in first["evidence"]] == [0, 1.25]
    assert [entry["received"] for entry in first["findings"]] == ["200"]


def junit(run: Run, folder: Path) -> ElementTree.Element:
    files.write_all(run)
    return ElementTree.fromstring((folder / "junit.xml").read_text(encoding="utf-8"))


def test_junit_has_a_failure_for_a_violation_only(tmp_path: Path) -> None:
    root = junit(finished_run(tmp_path), tmp_path)
    counts = {suite.get("name"): (suite.get("failures"), suite.get("errors")) for suite in root}
    assert counts == {"rules": ("1", "1"), "tests": ("1", "0")}


def test_junit_of_a_strict_run_has_a_failure_for_a_difference(tmp_path: Path) -> None:
    rules, tests = junit(finished_run(tmp_path, strict=True), tmp_path)
    assert (rules.get("failures"), tests.get("failures")) == ("2", "2")


def test_junit_describes_a_finding_and_prints_its_calls(tmp_path: Path) -> None:
    case = junit(finished_run(tmp_path), tmp_path).find(".//testcase[@name='LOCK-ONE']")
    assert case is not None
    assert case.findtext("failure", "").startswith(
        "LOCK-ONE: While a generation runs, another one is refused with 409."
    )
    assert case.findtext("failure", "").count("  At ") == 2
    assert case.findtext("system-out", "").count("curl -sS -i -X POST") == 2


def test_junit_skips_accepted_findings_and_fails_for_vanished_ones(tmp_path: Path) -> None:
    accepted = (Accepted("LOCK-ONE", "known"), Accepted("ORDER", "gone", received="500"))
    root = junit(finished_run(tmp_path, baseline=Baseline(accepted, Path("b.yaml"))), tmp_path)
    case = root.find(".//testcase[@name='LOCK-ONE']/skipped")
    assert case is not None
    assert case.get("message", "").startswith("accepted: accepted (known)")
    gone = root.find(".//testcase[@name='baseline']/failure")
    assert gone is not None
    assert gone.get("message", "").endswith("no longer occurs: remove it from b.yaml.")


def test_no_artefact_contains_a_token(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    files.write_all(run)
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert TOKEN not in written + summary_text(run)


def test_the_summary_has_the_findings_and_the_command_to_repeat_them(tmp_path: Path) -> None:
    text = summary_text(finished_run(tmp_path))
    assert "LOCK-ONE: While a generation runs, another one is refused with 409." in text
    assert "Received:   200" in text
    assert "Documented: 409" in text
    assert "curl -sS -i -X POST" in text
    assert "VIOLATES the documentation: LOCK-ONE" in text
    assert "1 assumption differs" in text
