"""The rules as data, with the settings and limits that rest on them."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .document import ContractError, Node
from .roles import parse_size

_SOURCES = ("doc", "platform", "inferred", "assumed")
_TAKES: dict[str, Callable[[Any], bool]] = {
    "integer > 0": lambda value: _is_number(value, int) and value > 0,
    "integer >= 0": lambda value: _is_number(value, int) and value >= 0,
    # In YAML, .inf and .nan are numbers.
    "number > 0": lambda value: _is_number(value, int | float) and 0 < value < math.inf,
    "object of strings": lambda value: (
        isinstance(value, Mapping) and all(isinstance(each, str) for pair in value.items() for each in pair)
    ),
    "text": lambda value: isinstance(value, str),
    "time of day": lambda value: isinstance(value, str) and bool(re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value)),
    "URL or empty": lambda value: (
        isinstance(value, str) and bool(re.fullmatch(r"(https?://[^\s/?#]+(/[^\s?#]*)?)?", value))
    ),
    "WIDTHxHEIGHT": lambda value: isinstance(value, str) and parse_size(value) is not None,
}
_ENGINES, _SECONDS = "list of engines", "seconds by engine"
_MINUTES_A_DAY = 24 * 60
_SECONDS_A_DAY = 86_400
_PERMUTATION = "permutation of the default"


@dataclass(frozen=True, slots=True)
class Value:
    """A value under which clients are proved. belief: of a client that depends on it."""

    value: Any
    belief: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One value of the mock's behaviour.

    source: of the rule it rests on, unless it has its own; takes: the accepted values, in words; statement: what a
    limit bounds, empty if a rule states it; engines: those that it may name; readings: the default among others, empty
    if clients are proved under the default alone.
    """

    name: str
    default: Any
    takes: str
    source: str
    rule: str | None
    statement: str = ""
    engines: tuple[str, ...] = ()
    readings: tuple[Value, ...] = ()

    @property
    def valid(self) -> str:
        """The accepted values, in words that name the engines too."""
        return f"{self.takes} ({', '.join(self.engines)})" if self.engines else self.takes

    def read(self, value: Any) -> Any:
        """Return a value of a YAML file: one reads 18:30 as a number, of minutes."""
        if self.takes == "time of day" and _is_number(value, int) and 0 <= value < _MINUTES_A_DAY:
            hours, minutes = divmod(value, 60)
            return f"{hours:02}:{minutes:02}"
        return value

    def accepts(self, value: Any) -> bool:
        """Return whether the setting accepts `value`."""
        if self.takes == _SECONDS:
            return isinstance(value, Mapping) and all(
                name in self.engines and _is_number(each, int | float) and 0 <= each <= _SECONDS_A_DAY
                for name, each in value.items()
            )
        kind, _, text = self.takes.partition(" of ")
        if kind == "permutation":
            # By repr: a list in a file may hold values of types that do not compare.
            return isinstance(value, list) and sorted(map(repr, value)) == sorted(map(repr, self.default))
        names = self.engines if self.takes == _ENGINES else text.split(", ")
        values = [int(each) if each.isdecimal() else each for each in names]
        if kind == "list":
            # By repr, as above.
            return isinstance(value, list) and not Counter(map(repr, value)) - Counter(map(repr, values))
        if kind == "one":
            # In YAML, true is a value of its own; in Python it equals 1.
            return any(value == each and type(value) is type(each) for each in values)
        return _TAKES[self.takes](value)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. source: "doc", "platform", "inferred" or "assumed"; operations: ids of those it concerns."""

    id: str
    source: str
    title: str
    statement: str
    operations: tuple[str, ...]


# No repr: it would print every rule whenever a test fails.
@dataclass(frozen=True, slots=True, repr=False)
class Rules:
    """All rules by id, and all settings by name."""

    by_id: Mapping[str, Rule]
    settings: Mapping[str, Setting]


def compile_rules(data: Node, engines: Iterable[str] = ()) -> Rules:
    """Return the rules; raise ContractError on an entry that is not understood. engines: those of the document."""
    rules, engines = [_rule(entry) for entry in data["rules"]], tuple(engines)
    settings = [
        _setting(each, each.get("source", entry["source"]), entry["id"], engines)
        for entry in data["rules"]
        for each in entry.get("settings", [])
    ]
    settings += [_setting(each, "assumed", None) for each in data["limits"]]
    if len({rule.id for rule in rules}) < len(rules) or len({each.name for each in settings}) < len(settings):
        raise ContractError("duplicate rule id or setting name in the rules")
    for setting in settings:
        _check_readings(setting)
    return Rules({rule.id: rule for rule in rules}, {each.name: each for each in settings})


def _rule(entry: Node) -> Rule:
    if entry["source"] not in _SOURCES:
        raise ContractError(f"{entry['id']}: source {entry['source']!r} is not one of {', '.join(_SOURCES)}")
    return Rule(entry["id"], entry["source"], entry["title"], entry["statement"], tuple(entry["operations"]))


def _setting(entry: Node, source: str, rule: str | None, engines: tuple[str, ...] = ()) -> Setting:
    takes, default = entry["takes"], entry["default"]
    known = takes in {*_TAKES, _PERMUTATION, _SECONDS} or takes.startswith(("one of ", "list of "))
    if not known:
        raise ContractError(
            f"{entry['name']}: takes {takes!r} is not one of {', '.join(_TAKES)}, {_PERMUTATION}, {_SECONDS},"
            " one of …, list of …"
        )
    if takes == _PERMUTATION:
        takes = f"permutation of {', '.join(default)}"
    named = engines if takes in {_ENGINES, _SECONDS} else ()
    readings = tuple(Value(each["value"], each["belief"]) for each in entry.get("readings", ()))
    setting = Setting(entry["name"], default, takes, source, rule, entry.get("statement", ""), named, readings)
    if not setting.accepts(setting.default):
        raise ContractError(f"{setting.name}: default {setting.default!r} is not {setting.takes!r}")
    return setting


def _check_readings(setting: Setting) -> None:
    """Raise ContractError if a client cannot be proved under the readings of a setting."""
    if not setting.readings:
        return
    if setting.source == "doc":
        raise ContractError(f"{setting.name}: another reading would contradict the documentation")
    values = [each.value for each in setting.readings]
    if setting.default not in values:
        raise ContractError(f"{setting.name}: its default is not among its readings")
    nameless = setting.takes in {_ENGINES, _SECONDS} and not setting.engines
    for value in values:
        if not nameless and not setting.accepts(value):
            raise ContractError(f"{setting.name}: the reading {value!r} is not {setting.takes!r}")


def _is_number(value: Any, kind: Any) -> bool:
    # In Python, a bool is an int.
    return isinstance(value, kind) and not isinstance(value, bool)
