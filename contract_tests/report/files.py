"""The files of a report: each is a function from the run's outcome to a text."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from contract_tests.outcome import Outcome, RuleResult
from contract_tests.report.junit import junit_text
from contract_tests.run import Run


def write_all(run: Run, outcome: Outcome) -> None:
    """Write every file of the report, if a folder for it was named; no token is in any of them."""
    folder = run.settings.report
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    writers = {"report.json": json_text, "junit.xml": junit_text}
    for name, text in writers.items():
        (folder / name).write_text(run.masker(text(run, outcome)), encoding="utf-8")


def json_text(run: Run, outcome: Outcome) -> str:
    return json.dumps(document(run, outcome), indent=2, ensure_ascii=False) + "\n"


def document(run: Run, outcome: Outcome) -> dict[str, Any]:
    started = datetime.now(UTC) - timedelta(seconds=run.seconds)
    return {
        "target": {"base_url": run.target.base_url},
        "started_at": started.isoformat(timespec="seconds"),
        "seconds": round(run.seconds, 1),
        "seed": run.settings.seed,
        "profile": run.settings.profile,
        "verdict": outcome.verdict,
        "stopped": outcome.stopped,
        "credits": {"spent": run.purse.spent, "cap": run.purse.cap},
        "requests": run.transport.requests,
        "rules": [_rule(result) for result in outcome.results],
    }


def _rule(result: RuleResult) -> dict[str, Any]:
    return {
        "id": result.rule.id,
        "source": result.rule.source,
        "title": result.rule.title,
        "verdict": result.verdict,
        "reason": result.reason,
        "tests": list(result.tests),
        "evidence": list(result.evidence),
    }
