"""The files of a report: each is a function from the run's outcome to a text."""

import json
from typing import Any

from contract_tests.report.html import html_text
from contract_tests.report.junit import junit_text
from contract_tests.report.markdown import markdown_text
from contract_tests.report.words import started
from contract_tests.runner.finding import Finding
from contract_tests.runner.outcome import Outcome, RuleResult
from contract_tests.runner.run import Run

_MOST_EVIDENCE = 40


def write_all(run: Run, outcome: Outcome) -> None:
    """Write every file of the report, if a folder for it was named; no token is in any of them."""
    folder = run.settings.report
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    writers = {
        "report.json": json_text,
        "junit.xml": junit_text,
        "report.html": html_text,
        "summary.md": markdown_text,
    }
    for name, text in writers.items():
        (folder / name).write_text(run.masker(text(run, outcome)), encoding="utf-8")


def json_text(run: Run, outcome: Outcome) -> str:
    return json.dumps(document(run, outcome), indent=2, ensure_ascii=False) + "\n"


def document(run: Run, outcome: Outcome) -> dict[str, Any]:
    return {
        "target": {"base_url": run.target.base_url},
        "started_at": started(run).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 1),
        "seed": run.settings.seed,
        "profile": run.settings.profile,
        "verdict": outcome.verdict,
        "stopped": outcome.stopped,
        "credits": {"spent": run.purse.spent, "cap": run.purse.cap},
        "images": {"made": run.purse.images, "cap": run.purse.images_cap},
        "requests": run.transport.requests,
        "command": run.settings.command,
        "gone": [str(entry) for entry in outcome.gone],
        "rules": [_rule(result) for result in outcome.results],
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    evidence = [entry for number, finding in enumerate(result.findings) for entry in _evidence(number, finding)]
    return {
        "id": result.rule.id,
        "source": result.rule.source,
        "title": result.rule.title,
        "statement": result.rule.statement,
        "verdict": result.verdict,
        "accepted": result.accepted,
        "reason": result.reason,
        "tests": list(result.tests),
        "findings": [_finding(finding) for finding in result.findings],
        "evidence": evidence[:_MOST_EVIDENCE],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "expected": finding.expected,
        "received": finding.received,
        "call": finding.decision.identity.call,
        "tests": list(finding.tests),
        "times": finding.times,
        "accepted": finding.accepted,
    }


def _evidence(number: int, finding: Finding) -> list[dict[str, Any]]:
    """The requests of a finding; `finding` is its place in the list of findings, `at` the seconds since the first."""
    if not finding.exchanges:
        bare = {"curl": "", "request": {}, "response": {}}
        return [{**bare, "expected": finding.expected, "received": finding.received, "finding": number}]
    start = finding.exchanges[0].sent
    return [
        {
            **exchange.evidence(finding.expected, finding.received),
            "finding": number,
            "at": round(exchange.sent - start, 3),
        }
        for exchange in finding.exchanges
    ]
