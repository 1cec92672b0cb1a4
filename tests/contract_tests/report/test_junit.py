from pathlib import Path
from xml.etree import ElementTree

from contract_tests.client.exchange import Exchange
from contract_tests.report.junit import junit_text
from contract_tests.runner.events import Decision, describe
from contract_tests.runner.outcome import conclude
from contract_tests.runner.version import suite_version
from support.conformance import ended
from support.finished import finished_run

MAX_BYTES = 5_000_000


def test_it_is_bounded_and_says_where_the_whole_is(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    exchange = Exchange(
        "POST", "http://h/aiimage/generate-image", "low", None, body="&" * 2000, response_body="é" * 2000
    )
    for number in range(40):
        found = Decision("a.py::t", "SHAPE", False, "200", f"a value of the kind {number}", (exchange,) * 100)
        run.events.emit(found)
        run.events.emit(ended(f"a.py::t{number}", "violated", describe(found)))
    text = junit_text(run, conclude(run.events.log))
    assert len(text.encode()) < MAX_BYTES
    root = ElementTree.fromstring(text)
    assert root.findtext(".//testcase[@name='SHAPE']/failure", "").endswith("… The whole is in report.html.")
    assert max(len(each.get("message", "")) for each in root.iter()) <= 500


def test_a_short_text_is_whole(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    root = ElementTree.fromstring(junit_text(run, conclude(run.events.log)))
    assert "The whole is in" not in "".join(root.itertext())


def test_it_names_the_suite_and_the_seed(tmp_path: Path) -> None:
    run = finished_run(tmp_path)
    root = ElementTree.fromstring(junit_text(run, conclude(run.events.log)))
    values = {each.get("name"): each.get("value") for each in root.iter("property")}
    assert values == {"suite version": suite_version(), "target": run.target.base_url, "seed": "7"}
