"""Writes the files of a report: each on its own, so that an error in one does not lose the others."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from contract_tests.client.exchange import Attachment
from contract_tests.report.document import json_text
from contract_tests.report.html import html_text
from contract_tests.report.junit import junit_text
from contract_tests.report.markdown import markdown_text
from contract_tests.runner.events import ReportsWritten
from contract_tests.runner.outcome import Outcome, conclude
from contract_tests.runner.run import Run

_WRITERS = {
    "report.json": json_text,
    "junit.xml": junit_text,
    "report.html": html_text,
    "summary.md": markdown_text,
}


def write_all(run: Run) -> Outcome:
    """Write every file of the report, masked, if the run has a report folder; return the result of the run.

    A run that could not begin replaces no earlier reports.
    """
    outcome, folder = conclude(run.events.log), run.settings.report
    earlier = folder is not None and not run.events.begun and (folder / "report.json").exists()
    failed = tuple(_failures(run, outcome, folder)) if folder and not earlier else ()
    run.events.emit(ReportsWritten(failed, earlier))
    return conclude(run.events.log)


def save(path: Path, content: Callable[[], str | bytes]) -> str | None:
    """Write a file as a whole; return why it is not written, if so."""
    part = path.with_name(f".{path.name}.part")
    try:
        made = content()
        path.parent.mkdir(parents=True, exist_ok=True)
        # In JSON, the escape of a lone surrogate is the character itself.
        part.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8", "backslashreplace"))
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        return f"{path} could not be written: {error.strerror or error}"
    except Exception as error:  # noqa: BLE001  a fault of one report must not lose the others
        return f"{path} could not be written: a fault of the suite: {type(error).__name__}: {error}"
    return None


def _failures(run: Run, outcome: Outcome, folder: Path) -> Iterator[str]:
    """Write the files; yield why one is not written."""
    for name, text in _WRITERS.items():
        # The events are masked already, the command and the address of the target are not.
        reason = save(folder / name, lambda: run.masker(text(run, outcome)))  # noqa: B023  called at once
        if reason:
            yield reason
    for each in _attachments(outcome):
        reason = save(folder / each.path, lambda: run.masker.without_secrets(each.content))  # noqa: B023  called at once
        if reason:
            yield reason


def _attachments(outcome: Outcome) -> Iterable[Attachment]:
    """Return the files that the commands of the findings read, each once."""
    exchanges = (exchange for finding in outcome.findings for exchange in finding.exchanges)
    return {each.path: each for exchange in exchanges for each in exchange.attachments}.values()
