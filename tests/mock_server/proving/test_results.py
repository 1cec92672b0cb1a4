"""The results of proving a client."""

import json
from pathlib import Path

from mock_server.proving.results import JSON_FILE, MARKDOWN_FILE, Proof

READING = {
    "test": "test_retry",
    "reading": {"lock_release": "expiry"},
    "rule": "LOCK-RELEASE",
    "source": "inferred",
    "outcome": "failed",
    "default_outcome": "passed",
    "message": "assert 409 == 200",
    "sentence": "test_retry passes only if the lock | is freed early (LOCK-RELEASE, inferred)",
}
DISASTER = {
    "test": "test_order",
    "finding": "double-payment",
    "schedule": ["2.charged"],
    "sentence": "it paid twice",
    "timeline": "lock   #--\ncharge --#",
    "worst_cost": 2,
}


def proof() -> Proof:
    proof = Proof()
    proof.add({"readings": [READING], "tried": {"readings": {"mode": "pairwise", "tests": 1, "runs": 20}}})
    proof.add({"tried": {"readings": {"mode": "pairwise", "tests": 1, "not_run": {"test_red": "it fails by default"}}}})
    proof.add({"readings": [{**READING, "test": "test_a"}], "disasters": [DISASTER], "worst_costs": {"test_order": 2}})
    proof.add({"tried": {"disasters": {"runs": 3}}})
    return proof


def test_parts_are_merged_and_findings_come_by_test() -> None:
    merged = proof()
    assert [finding["test"] for finding in merged.findings("readings")] == ["test_a", "test_retry"]
    assert merged.tried["readings"] == {
        "mode": "pairwise",
        "tests": 2,
        "runs": 20,
        "not_run": {"test_red": "it fails by default"},
    }


def test_the_terminal_shows_every_finding_and_what_was_not_run() -> None:
    assert list(proof().lines()) == [
        "readings: pairwise, 2 tests, 20 runs",
        "  not run: test_red: it fails by default",
        "disasters: 3 runs",
        "test_retry passes only if the lock | is freed early (LOCK-RELEASE, inferred)",
        "    test_a with lock_release: expiry: failed, assert 409 == 200",
        "test_retry passes only if the lock | is freed early (LOCK-RELEASE, inferred)",
        "    test_retry with lock_release: expiry: failed, assert 409 == 200",
        "test_order: double-payment: it paid twice",
        "    lock   #--",
        "    charge --#",
        "test_order costs at most 2 credits",
    ]


def test_both_files_hold_the_findings(tmp_path: Path) -> None:
    proof().write(tmp_path)
    content = json.loads((tmp_path / JSON_FILE).read_text())
    assert content["readings"][1] == READING
    assert (content["disasters"], content["worst_costs"]) == ([DISASTER], {"test_order": 2})
    markdown = (tmp_path / MARKDOWN_FILE).read_text()
    assert (
        "| test_retry | lock_release: expiry | LOCK-RELEASE | inferred | failed | test_retry passes only if" in markdown
    )
    assert "### double-payment: test_order" in markdown
    assert "```text\nlock   #--\ncharge --#\n```" in markdown
    assert "Pairwise, 2 tests, 20 runs." in markdown
    assert "- Not run: `test_red`, it fails by default." in markdown
