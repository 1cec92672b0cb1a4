"""The profile of a service: a behaviour file for the mock, with the evidence of each value and all that is open."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any

import yaml

from contract_tests.calibration.evidence import ENOUGH, Evidence, Finding
from contract_tests.calibration.measurement import Measurement
from contract_tests.calibration.needs import needs
from contract_tests.calibration.questions import ORDER, shown
from contract_tests.calibration.readings import RANGES, Range
from contract_tests.calibration.unmeasured import UNMEASURED
from contract_tests.oracle.facts import LOCK_SECONDS, counted
from contract_tests.oracle.settings import load_settings, own_limits
from contract_tests.recordings.quoting import shown as shown_value
from contract_tests.runner.version import suite_version

_VALID_DAYS = 90
_MAX_SHOWN_READINGS = 8
# As many as anyone looks up; `samples` counts all.
_MAX_EXCHANGES = 12
_HEAD = "# written by aiimage-conform {command}; the mock loads it by --behaviour\n"
_QUEUED = "queued_engines"
_LISTS = (_QUEUED, "absent_engines", "absent_sizes", ORDER)
# Where a part is not measured, a reading that the rules name is likelier than one that they do not.
_BY_READING = (_QUEUED, ORDER)
_SLOW = 0.9
_FAULT = "no setting expresses and the fault upstream-failure of the mock does"


@dataclass(frozen=True)
class Value:
    """A measured value with its evidence. interval: of a number, None for a choice. quantiles: of durations.

    unmeasured: the parts of a list that no exchange shows, which rest on the rules.
    """

    value: Any
    exchanges: Sequence[int]
    interval: Sequence[float] | None = None
    quantiles: Mapping[str, Any] | None = None
    unmeasured: Sequence[str] = ()

    def evidence(self, credits_: int, at: str) -> dict[str, Any]:
        content: dict[str, Any] = {"samples": len(self.exchanges), "interval": _plain(self.interval)}
        content |= {"quantiles": dict(self.quantiles)} if self.quantiles else {}
        content |= {"unmeasured": list(self.unmeasured)} if self.unmeasured else {}
        return content | {"credits": credits_, "at": at, "exchanges": list(self.exchanges[:_MAX_EXCHANGES])}


def profile_text(measurement: Measurement, at: datetime, command: str = "calibrate") -> str:
    """Return the profile as YAML. at: when it was measured."""
    content = profile(measurement, at)
    return _HEAD.format(command=command) + yaml.safe_dump(
        content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None
    )


def profile(measurement: Measurement, at: datetime) -> dict[str, Any]:
    """Return the profile as data."""
    values = dict(measured_values(measurement))
    run, stamp = measurement.run, _iso(at)
    return {
        **{name: _plain(each.value) for name, each in values.items()},
        "measured": {
            "at": stamp,
            "target": run.masker(run.target.base_url),
            "expires": _iso(at + timedelta(days=_VALID_DAYS)),
            "suite": suite_version(),
            "seed": run.settings.seed,
            "credits": run.budget.spent,
            "values": {
                name: each.evidence(measurement.evidence.paid(each.exchanges), stamp) for name, each in values.items()
            },
            "open": dict(_open(measurement, values)),
        },
    }


def measured_values(measurement: Measurement) -> Iterator[tuple[str, Value]]:
    """Yield every setting with a value that several exchanges show, in the order of the rules."""
    found = {**_of_questions(measurement), **_of_times(measurement.evidence)}
    for name, setting in load_settings().items():
        if name in found and setting.accepts(found[name].value):
            yield name, found[name]


def _of_questions(measurement: Measurement) -> dict[str, Value]:
    evidence, left = measurement.evidence, measurement.measured
    findings = list(evidence.findings(ENOUGH))
    found: dict[str, Value] = {}
    for name in {name for each in findings for name in each.question.settings}:
        about = [each for each in findings if name in each.question.settings]
        exchanges = sorted({number for each in about for number in each.exchanges})
        rows = left.values(name) if name in left.settings else ()
        if name in RANGES:
            bound = _bounded(name, about, rows, exchanges)
            found |= {name: bound} if bound else {}
        elif not rows:
            found |= {name: Value(_exact(about), exchanges)} if _exact(about) is not None else {}
        elif (value := _value(name, rows)) is not None:
            found[name] = Value(value, exchanges, unmeasured=_unmeasured(name, rows) if name in _LISTS else ())
    return found


def _exact(about: Sequence[Finding]) -> Any:
    """Return the value that one exchange after the other states, of a setting without a list of values."""
    outcome = about[-1].outcome
    return dict(outcome) if isinstance(outcome, tuple) and outcome and isinstance(outcome[0], tuple) else outcome


def _bounded(name: str, about: Sequence[Finding], rows: Sequence[Range], exchanges: Sequence[int]) -> Value | None:
    """Return a limit: the one that a bisection found, or the most that is certainly accepted if more is refused."""
    for each in about:
        if each.question == shown(name) and isinstance(each.outcome, int):
            return Value(each.outcome, each.exchanges, [each.outcome, each.outcome])
    if not rows or rows[-1] == RANGES[name][-1]:
        return None
    return Value(rows[0].least, exchanges, [rows[0].least, rows[-1].most])


def _value(name: str, rows: Sequence[Any]) -> Any:
    """Return the only value that is left; of a list, also the likeliest if the default is ruled out."""
    if len(rows) == 1:
        return rows[0]
    setting = load_settings()[name]
    default = tuple(setting.default) if name in _LISTS else None
    if default is None or default in rows:
        return None
    named = [tuple(each) for each in setting.readings if name in _BY_READING and tuple(each) in rows]
    return min(named or rows, key=lambda row: (len(row), _swaps(row, default)))


def _unmeasured(name: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the parts of a list in which the rows that are left differ: names, or pairs of an order."""
    if name == ORDER:
        pairs = combinations(load_settings()[name].default, 2)
        return [
            f"{one} or {other} first"
            for one, other in pairs
            if len({row.index(one) < row.index(other) for row in rows}) > 1
        ]
    return sorted({part for row in rows for part in row if any(part not in each for each in rows)})


def _swaps(row: Sequence[str], default: Sequence[str]) -> int:
    """Return how many pairs are in another order than in the default."""
    places = [default.index(each) for each in row if each in default]
    return sum(later < earlier for place, earlier in enumerate(places) for later in places[place:])


# Times


def _of_times(evidence: Evidence) -> dict[str, Value]:
    found = {}
    if timed := {engine: times for engine, times in evidence.durations.items() if len(times) >= ENOUGH}:
        found["generation_seconds"] = _durations(timed)
    if len(evidence.lives) >= ENOUGH:
        least, most = max(each[0] for each in evidence.lives), min(each[1] for each in evidence.lives)
        # The documented life is the best guess that is possible.
        value = LOCK_SECONDS if least <= LOCK_SECONDS <= most else round((least + most) / 2, 1)
        found["lock_seconds"] = Value(value, [each[2] for each in evidence.lives], sorted((least, most)))
    return found


def _durations(timed: Mapping[str, Sequence[tuple[float, int]]]) -> Value:
    seconds = {engine: sorted(each for each, _ in times) for engine, times in timed.items()}
    every = sorted(each for times in seconds.values() for each in times)
    quantiles = {
        engine: {"p50": _plain(statistics.median(times)), "p90": _plain(_quantile(times, _SLOW)), "n": len(times)}
        for engine, times in seconds.items()
    }
    numbers = sorted(number for times in timed.values() for _, number in times)
    medians = {engine: _plain(statistics.median(times)) for engine, times in seconds.items()}
    return Value(medians, numbers, [every[0], every[-1]], quantiles)


def _quantile(times: Sequence[float], share: float) -> float:
    """Return the smallest time that at least a share of the times do not exceed."""
    return times[min(len(times) - 1, -int(-share * len(times) // 1) - 1)]


# Open settings


def _open(measurement: Measurement, values: Mapping[str, Value]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each setting about which nothing was measured, or not all, with what would decide it."""
    left, evidence = measurement.measured, measurement.evidence
    quote = partial(shown_value, sanitiser=measurement.sanitiser)
    seen = {name: each.outcome for each in evidence.unpredicted(measurement.space) for name in each.question.settings}
    findings = [each for each in evidence.findings() if len(each.exchanges) < ENOUGH]
    once = {name: each.outcome for each in findings for name in each.question.settings if each.question == shown(name)}
    differing = {name: each for question, each in evidence.contradictory().items() for name in question.settings}
    for name in [each for each in load_settings() if each not in own_limits()]:
        rows = left.values(name) if name in left.settings else ()
        if name in values and len(rows) <= 1:
            continue
        if name in UNMEASURED:
            yield name, {"readings": [], "needs": UNMEASURED[name]}
            continue
        readings = [_plain(row) for row in rows[:_MAX_SHOWN_READINGS]]
        remarks = [needs(measurement, name)]
        remarks += [f"{len(rows)} readings are left"] if len(rows) > _MAX_SHOWN_READINGS else []
        remarks += [f"seen once: {quote(once[name])}"] if name in once else []
        remarks += [f"seen: {quote(seen[name])}, which no reading predicts"] if name in seen else []
        remarks += [f"seen: {quote(differing[name])}, so that no value is right"] if name in differing else []
        yield name, {"readings": readings, "needs": "; ".join(remarks)}
    if evidence.failures:
        number = counted(evidence.failures, "generation")
        yield "failing_prompt", {"readings": [], "needs": f"{number} failed at random, which {_FAULT}"}


def _plain(value: Any) -> Any:
    """Return a value as YAML has it."""
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
