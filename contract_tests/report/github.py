"""Output for GitHub Actions: an annotation for each finding, and the summary of the step."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from contract_tests.report.markdown import markdown_text
from contract_tests.report.words import finding_verdict, gone_lines, visible
from contract_tests.runner.events import basis
from contract_tests.runner.findings import Finding
from contract_tests.runner.outcome import Outcome
from contract_tests.runner.run import Run

_LEVELS = {"violated": "error", "differs": "warning", "accepted": "notice"}


def here() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def no_commands() -> Iterator[None]:
    """Within the context, the runner does not read printed lines as commands: they may quote a reply."""
    if not here():
        yield
        return
    # Random, so that no reply can contain the word that ends the quotation.
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}")
    try:
        yield
    finally:
        click.echo(f"::{word}::")


def announce(run: Run, outcome: Outcome) -> None:
    """Print the annotations and append to the summary of the step."""
    if not here():
        return
    for line in annotations(outcome, strict=run.settings.strict):
        click.echo(run.masker(line))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(summary).open("ab") as file:
                file.write(run.masker(markdown_text(run, outcome)).encode("utf-8", "backslashreplace"))
        except OSError as error:
            click.echo(f"The summary of the step could not be written: {summary}: {error.strerror}")


def annotations(outcome: Outcome, *, strict: bool = False) -> Iterator[str]:
    if outcome.stopped:
        yield _line("error", "The run was stopped", outcome.stopped)
    for line in gone_lines(outcome):
        yield _line("error", "The baseline is out of date", line)
    for finding in outcome.findings:
        verdict = finding_verdict(finding)
        level = "error" if strict and verdict == "differs" else _LEVELS[verdict]
        yield _line(level, f"{finding.rule.id} {verdict}: {finding.rule.title}", _message(finding))
    for reason, rules in _inconclusive(outcome).items():
        yield _line("warning", f"{', '.join(rules)} {'is' if len(rules) == 1 else 'are'} inconclusive", reason)
    for reason in outcome.unwritten:
        yield _line("warning", "A report is missing", reason)


def _inconclusive(outcome: Outcome) -> dict[str, list[str]]:
    """Return the documented rules that are inconclusive, by reason; the end of the run is annotated already."""
    found = dict[str, list[str]]()
    for result in outcome.of("inconclusive"):
        if result.rule.documented and not (outcome.stopped and outcome.stopped in result.reason):
            found.setdefault(result.reason, []).append(result.rule.id)
    return found


def _message(finding: Finding) -> str:
    accepted = f"Accepted: {finding.accepted}\n" if finding.accepted else ""
    return f"{accepted}Received: {finding.received}\n{basis(finding.rule)}: {finding.expected}"


def _line(level: str, title: str, message: str) -> str:
    return f"::{level} title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    # Either would end the property.
    return _data(text).replace(":", "%3A").replace(",", "%2C")
