"""The result of a comparison: findings, what was left out, notes, and the exit status."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from contract_tests.client.budget import Budget
from contract_tests.comparison.accepted import AcceptedDifference, AcceptedDifferences
from contract_tests.comparison.diagnosis import diagnose
from contract_tests.comparison.finding import DIAGNOSES, Diagnosis, Finding
from contract_tests.comparison.hiding import Hiding
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.pointer import without_numbers
from contract_tests.comparison.timing import slower
from contract_tests.oracle.facts import counted
from contract_tests.oracle.resources import Rule, load_rules

_WORDS: dict[Diagnosis, str] = {
    "mock_wrong": "the mock answers otherwise than the service did",
    "document_wrong": "the service contradicts the document",
    "service_changed": "the service answers otherwise than it did",
    "recording_unusable": "the recording cannot be compared here",
    "inconclusive": "nothing can be concluded",
}


@dataclass(frozen=True)
class Group:
    """Findings with one cause at one place of a call."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def rule(self) -> Rule:
        return load_rules()[self.first.rule]

    @property
    def times(self) -> str:
        return counted(len(self.findings), "time")

    @property
    def meaning(self) -> str:
        """The diagnosis in words, with the reason."""
        why = self.first.cause.why
        return f"{_WORDS[self.first.diagnosis]}{f': {why}' if why else ''}"

    @property
    def remedy(self) -> str:
        """The setting that would make the mock right, empty if there is none."""
        setting = self.first.cause.setting
        if setting is None:
            return ""
        return setting.name if setting.value is None else f"{setting.name}: {setting.value}"

    @property
    def tone(self) -> str:
        """The verdict of `run` whose colour a diagnosis has."""
        if self.first.accepted:
            return "accepted"
        return {"inconclusive": "inconclusive", "recording_unusable": "skipped"}.get(self.first.diagnosis, "violated")


@dataclass(frozen=True)
class Comparison:
    """One comparison. command: repeats it; budget: None if nothing can be spent."""

    outcome: Outcome
    baseline: AcceptedDifferences
    command: str
    seconds: float
    budget: Budget | None = None

    @cached_property
    def findings(self) -> list[Finding]:
        return self.baseline.applied([self.hiding.finding(each) for each in diagnose(self.outcome)])

    @cached_property
    def hiding(self) -> Hiding:
        return Hiding(self.outcome)

    @property
    def stopped(self) -> str | None:
        """Why it ended early, None if it did not."""
        reason = self.outcome.played.stopped
        return reason and self.hiding.text(reason)

    @cached_property
    def gone(self) -> list[AcceptedDifference]:
        """The accepted differences that no longer occur."""
        calls = {f"{each.recorded.request.method} {each.recorded.operation}" for each in self.outcome.pairs}
        return self.baseline.gone(self.findings, calls)

    @property
    def compared(self) -> int:
        """The number of exchanges with a reply on both sides."""
        return sum(1 for pair in self.outcome.pairs if pair.reissued.response is not None)

    @property
    def open(self) -> list[Finding]:
        """The findings that no baseline accepts."""
        return [finding for finding in self.findings if not finding.accepted]

    @property
    def status(self) -> int:
        """0: nothing differs; 1: a difference that is not accepted, or an accepted one is gone; 3: nothing compared."""
        if not self.compared:
            return 3
        if self.open or self.gone:
            return 1
        return 3 if self.outcome.played.stopped else 0

    @cached_property
    def counts(self) -> dict[Diagnosis, int]:
        counted_ = Counter(finding.diagnosis for finding in self.open)
        return {diagnosis: counted_[diagnosis] for diagnosis in DIAGNOSES if counted_[diagnosis]}

    @cached_property
    def groups(self) -> list[Group]:
        """The findings by cause and place, the most certain diagnoses first."""
        found: dict[tuple[object, ...], list[Finding]] = {}
        for finding in self.findings:
            found.setdefault(_group_key(finding), []).append(finding)
        groups = [Group(tuple(each)) for each in found.values()]
        return sorted(groups, key=lambda group: (bool(group.first.accepted), DIAGNOSES.index(group.first.diagnosis)))

    @cached_property
    def notes(self) -> Sequence[str]:
        stopped = self.outcome.recording.manifest.stopped
        partial = [f"The recording is partial: {stopped.removesuffix('.')}."] if stopped else []
        return [*partial, *(slower(self.outcome.pairs) if self.outcome.drifts else ())]

    @property
    def headline(self) -> str:
        if not self.compared:
            return "Nothing was compared"
        if self.open:
            return "Differs from the recording"
        if self.gone:
            return "Nothing differs, but the baseline is out of date"
        return "Ended early" if self.outcome.played.stopped else "Nothing differs"

    @property
    def sentence(self) -> str:
        """The result as a sentence without its subject, the target."""
        parts = [f"{counted(self.compared, 'exchange')} compared"]
        parts += [f"{number} {diagnosis}" for diagnosis, number in self.counts.items()]
        accepted = len(self.findings) - len(self.open)
        parts += [f"{accepted} accepted"] if accepted else []
        parts += [f"{len(self.outcome.played.left_out)} left out"] if self.outcome.played.left_out else []
        if not self.outcome.recording.exchanges:
            return "could not be compared: the recording has no exchanges."
        ending = f" It ended early: {self.stopped.removesuffix('.')}." if self.stopped else ""
        result = "differs from the recording" if self.open else "answers like the recording"
        return f"{result if self.compared else 'could not be compared'}: {', '.join(parts)}.{ending}"

    def gone_lines(self) -> Iterator[str]:
        """Yield what to do about each accepted difference that no longer occurs."""
        for entry in self.gone:
            yield f"The accepted difference {entry} no longer occurs: remove it from {self.baseline.path}."

    def left_out(self) -> dict[str, list[int]]:
        """Return the exchanges that were left out, by the reason."""
        reasons: dict[str, list[int]] = {}
        for number, reason in sorted(self.outcome.played.left_out.items()):
            reasons.setdefault(self.hiding.text(reason), []).append(number)
        return reasons


def _group_key(finding: Finding) -> tuple[object, ...]:
    cause = finding.cause
    place = (finding.call, without_numbers(finding.where))
    return (cause.diagnosis, cause.rule, repr(cause.setting), cause.why, finding.accepted, *place)
