"""A difference with its diagnosis, as `differences.json` has it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

Diagnosis = Literal["mock_wrong", "document_wrong", "service_changed", "recording_unusable", "inconclusive"]
DIAGNOSES: tuple[Diagnosis, ...] = get_args(Diagnosis)


@dataclass(frozen=True)
class Setting:
    """A setting of the mock by its name, with the value that would make it right, None if that is not known."""

    name: str
    value: Any


@dataclass(frozen=True)
class Cause:
    """The diagnosis of a difference: who is wrong, by which rule; for a mock the setting; in `why` the reason."""

    diagnosis: Diagnosis
    rule: str
    setting: Setting | None = None
    why: str = ""


@dataclass(frozen=True)
class Finding:
    """One diagnosed difference. where: a JSON pointer into the file of the exchange; accepted: by a baseline, why."""

    cause: Cause
    exchange: int
    call: str
    where: str
    expected: Any
    received: Any
    curl: str = ""
    accepted: str | None = None

    @property
    def diagnosis(self) -> Diagnosis:
        return self.cause.diagnosis

    @property
    def rule(self) -> str:
        return self.cause.rule

    @property
    def document(self) -> dict[str, Any]:
        """The finding as an entry of `differences.json`."""
        setting = self.cause.setting
        return {
            "diagnosis": self.diagnosis,
            "rule": self.rule,
            "setting": setting.name if setting else None,
            "value": setting.value if setting else None,
            "exchange": self.exchange,
            "call": self.call,
            "where": self.where,
            "expected": self.expected,
            "received": self.received,
            "why": self.cause.why,
            "accepted": self.accepted,
            "curl": self.curl,
        }
