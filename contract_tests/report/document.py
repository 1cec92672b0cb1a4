"""The report as JSON, for programs."""

import json
from typing import Any

from contract_tests.report.words import started
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome, RuleResult
from contract_tests.runner.run import Run
from contract_tests.runner.version import suite_version

_MAX_EVIDENCE = 40


def json_text(run: Run, outcome: Outcome) -> str:
    return json.dumps(document(run, outcome), indent=2, ensure_ascii=False) + "\n"


def document(run: Run, outcome: Outcome) -> dict[str, Any]:
    return {
        "suite_version": suite_version(),
        "target": {"base_url": run.target.base_url},
        "started_at": started(run).isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 1),
        "seed": run.settings.seed,
        "profile": run.settings.profile,
        "verdict": outcome.verdict,
        "stopped": outcome.stopped,
        "credits": {"spent": run.budget.spent, "cap": run.budget.cap},
        "images": {"made": run.budget.images, "cap": run.budget.images_cap},
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
        "page": result.rule.page,
        "verdict": result.verdict,
        "accepted": result.accepted,
        "reason": result.reason,
        "tests": list(result.tests),
        "findings": [_finding(finding) for finding in result.findings],
        "evidence": evidence[:_MAX_EVIDENCE],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "expected": finding.expected,
        "received": finding.decision.received,
        "example": finding.decision.example,
        "call": finding.calls[0],
        "calls": list(finding.calls),
        "tests": list(finding.tests),
        "times": finding.times,
        "accepted": finding.accepted,
    }


def _evidence(number: int, finding: Finding) -> list[dict[str, Any]]:
    """Return the requests of a finding; `finding` is its index, `at` the seconds since its first request."""
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
