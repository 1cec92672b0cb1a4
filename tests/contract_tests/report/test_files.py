import json
from pathlib import Path
from xml.etree import ElementTree

from contract_tests.exchange import Exchange
from contract_tests.outcome import conclude
from contract_tests.report import files
from contract_tests.report.terminal import summary_text
from contract_tests.run import Run
from contract_tests.settings import Settings
from support.conformance import TOKEN, decision, ended, plan, target

NAMES = ["junit.xml", "report.html", "report.json", "summary.md"]


def finished_run(folder: Path) -> Run:
    run = Run(Settings(target(), seed=7, report=folder))
    exchange = Exchange("POST", "http://h", "primary", None, body='{"a": 1}', status=200, response_body="not\x00json")
    for event in (
        plan(("a.py::t", ("LOCK-ONE", "SHAPE")), ("b.py::u", ("ORDER",)), rules=("LOCK-ONE", "SHAPE", "ORDER", "AUTH")),
        decision("a.py::t", "LOCK-ONE", held=False, exchange=exchange),
        ended("a.py::t", "broken", f"LOCK-ONE: said {TOKEN}-primary\x00"),
        decision("b.py::u", "ORDER", held=False),
        ended("b.py::u", "differs", "ORDER: …"),
    ):
        run.events.emit(event)
    return run


def test_report_json_has_the_agreed_shape(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    run.started = run.transport.clock() - 12.32
    files.write_all(run, conclude(run.events.log))
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["target"] == {"base_url": "http://127.0.0.1:9/api/v1"}
    assert (report["seconds"], report["seed"], report["verdict"]) == (12.3, 7, "violations")
    assert report["credits"] == {"spent": 0, "cap": 40}
    assert report["requests"] == 0
    first = report["rules"][0]
    assert {"id", "source", "verdict", "reason", "tests", "evidence"} <= first.keys()
    assert (first["id"], first["verdict"], first["tests"]) == ("LOCK-ONE", "violated", ["a.py::t"])
    assert {"curl", "request", "response", "expected", "received"} <= first["evidence"][0].keys()
    assert first["evidence"][0]["request"]["body"] == {"a": 1}


def test_junit_fails_for_a_violation_only(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    files.write_all(run, conclude(run.events.log))
    root = ElementTree.fromstring((tmp_path / "junit.xml").read_text(encoding="utf-8"))
    counts = {suite.get("name"): (suite.get("failures"), suite.get("errors")) for suite in root}
    assert counts == {"rules": ("1", "1"), "tests": ("1", "0")}


def test_no_token_is_in_any_artefact(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    files.write_all(run, conclude(run.events.log))
    assert sorted(path.name for path in tmp_path.iterdir()) == NAMES
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert TOKEN not in written + summary_text(run)


def test_summary_says_what_is_wrong_and_how_to_see_it(tmp_path: Path) -> None:
    text = summary_text(finished_run(tmp_path))
    assert "LOCK-ONE: While a generation runs, another one is refused with 409." in text
    assert "Received:   200" in text
    assert "Documented: 409" in text
    assert "curl -sS -i -X POST" in text
    assert "VIOLATES the documentation: LOCK-ONE" in text
    assert "1 assumption differs" in text
