"""Profiles: behaviour files with what was measured at a service, and the evidence that each value rests on."""

import logging
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from .decoding import DecodingError, decode
from .domain.clock import Instant, from_iso, to_iso
from .faults.registry import suggestion

MEASURED = "measured"
MIN_SAMPLES = 2
_REMEDY = "remove the value, or measure it again with aiimage-conform calibrate"
_WHEN = "a date or an instant, such as 2026-11-29 or 2026-11-29T17:00:00Z"
_log = logging.getLogger("aiimage_mock")

# YAML reads one without quotes as a date of Python, which msgspec does not take for a text.
When = Annotated[Any, Meta(description=_WHEN)]
Number = Annotated[int, Meta(ge=0)]
Ends = Annotated[list[Any], Meta(min_length=2, max_length=2, description="a list of two values, least and most")]


class Evidence(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The evidence of one measured value. interval: its ends; quantiles: by name, of a value that varies; exchanges:
    their numbers in the recording; unmeasured: the parts of a list that no exchange shows, which rest on the rules.
    """

    samples: Number
    exchanges: Annotated[list[Number], Meta(description="a list of numbers of exchanges")]
    interval: Ends | None = None
    quantiles: dict[str, dict[str, float]] | None = None
    credits: Number | None = None
    at: When = None
    unmeasured: list[str] = []


class Undecided(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A setting whose readings could not be distinguished. needs: what would decide it."""

    readings: list[Any] = []
    needs: str = ""


class _Measured(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    at: When
    target: str
    expires: When
    values: dict[str, Evidence]
    suite: str | float | None = None
    seed: int | None = None
    credits: Number | None = None
    open: dict[str, Undecided] = {}


class _File(msgspec.Struct, frozen=True):
    measured: _Measured


class Profile(msgspec.Struct, frozen=True):
    """The measurement of a service. file: where it was read; evidence: by setting, each with its instant."""

    file: str
    target: str
    expires: Instant
    evidence: Mapping[str, Evidence]

    def view(self, now: Instant) -> Mapping[str, Mapping[str, Any]]:
        """Return the evidence by setting as the control API shows it."""
        shared = {"target": self.target, "expires": to_iso(self.expires), "expired": self.expired(now)}
        return {name: {**msgspec.structs.asdict(each), **shared} for name, each in self.evidence.items()}

    def expired(self, now: Instant) -> bool:
        """Return whether the service should be measured again by now."""
        return now >= self.expires


def make_profile(data: Any, file: str, values: Collection[Any], settings: Collection[str]) -> Profile:
    """Return the profile that the key `measured` of a file describes; raise DecodingError.

    values: the settings that the file sets; settings: the known ones.
    """
    measured = decode({MEASURED: data}, _File).measured
    for name in measured.values:
        if name not in settings:
            raise DecodingError(f"{MEASURED}.values.{name}: unknown setting{suggestion(name, settings)}")
        if name not in values:
            remedy = f"remove the evidence, or add {name} with the value that was measured"
            raise DecodingError(f"{MEASURED}.values.{name}: the file does not set {name}; {remedy}")
    for name in values:
        _check(str(name), measured.values.get(name))
    at = _instant("at", measured.at)
    dated = {name: _dated(name, each, at) for name, each in measured.values.items()}
    return Profile(file, measured.target, _instant("expires", measured.expires), dated)


def warn_of_age(profile: Profile | None, now: Instant) -> None:
    """Log one line if the profile has expired."""
    if profile and profile.expired(now):
        renewal = f"aiimage-conform calibrate --target FILE --out {profile.file}"
        _log.warning("%s expired on %s; renew it: %s", profile.file, to_iso(profile.expires), renewal)


def _check(name: str, evidence: Evidence | None) -> None:
    """Raise DecodingError for a value without evidence: one sample is never called measured."""
    if evidence is None:
        raise DecodingError(f"{name} has no evidence in {MEASURED}.values: {_REMEDY}")
    if evidence.samples < MIN_SAMPLES:
        samples = f"{evidence.samples} sample{'' if evidence.samples == 1 else 's'}"
        raise DecodingError(f"{name} rests on {samples}, fewer than {MIN_SAMPLES}: {_REMEDY}")
    if not evidence.exchanges:
        raise DecodingError(f"{name} rests on no exchange: {_REMEDY}")


def _dated(name: str, evidence: Evidence, at: Instant) -> Evidence:
    """Return the evidence with its own instant, or else that of the whole profile, as text."""
    own = at if evidence.at is None else _instant(f"values.{name}.at", evidence.at)
    return msgspec.structs.replace(evidence, at=to_iso(own))


def _instant(key: str, value: Any) -> Instant:
    """Return the instant that a file gives; raise DecodingError. As in YAML, one without a time zone is in UTC."""
    try:
        moment = datetime.fromisoformat(value)
        return from_iso((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat())
    except (TypeError, ValueError, OverflowError):
        shown = str(value)[:40]
        raise DecodingError(f"{MEASURED}.{key} takes {_WHEN}, not {shown!r}") from None
