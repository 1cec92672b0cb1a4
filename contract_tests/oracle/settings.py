"""The settings of the mock's behaviour as the rules list them: what each takes, and where it comes from."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain, combinations, permutations
from typing import Any

from contract_tests.oracle import resources
from contract_tests.oracle.engines import load_engines

_SIZE = re.compile(r"[1-9]\d*x[1-9]\d*")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_URL = re.compile(r"(https?://[^\s/?#]+(/[^\s?#]*)?)?")
_NUMBERS: Mapping[str, Callable[[Any], bool]] = {
    "integer > 0": lambda value: isinstance(value, int) and value > 0,
    "integer >= 0": lambda value: isinstance(value, int) and value >= 0,
    "number > 0": lambda value: 0 < value < float("inf"),
}
_TEXTS: Mapping[str, Callable[[str], bool]] = {
    "text": lambda _: True,
    "time of day": lambda value: bool(_TIME.fullmatch(value)),
    "URL or empty": lambda value: bool(_URL.fullmatch(value)),
    "WIDTHxHEIGHT": lambda value: bool(_SIZE.fullmatch(value)),
}
_MAPPINGS: Mapping[str, type | tuple[type, ...]] = {"object of strings": str, "seconds by engine": (int, float)}
_ENGINES = "list of engines"


# The limits that a client of a service can meet; the others protect the mock itself.
_SERVICE_LIMITS = frozenset({"max_images", "max_text_length", "max_upload_bytes"})


@dataclass(frozen=True)
class Setting:
    """A setting. rule: the id of the rule that it rests on, None for a limit that no source gives.

    readings: the values that the rules name as readings.
    """

    name: str
    rule: str | None
    source: str
    default: Any
    takes: str
    readings: tuple[Any, ...] = ()

    @property
    def values(self) -> tuple[Any, ...]:
        """Every value that it takes, lists as tuples; empty if there is no end of them."""
        if self.takes == "permutation of the default":
            return tuple(permutations(self.default))
        kind, _, text = self.takes.partition(" of ")
        if kind not in {"one", "list"}:
            return ()
        named = engine_names() if self.takes == _ENGINES else tuple(_named(each) for each in text.split(", "))
        subsets = chain.from_iterable(combinations(named, size) for size in range(len(named) + 1))
        return tuple(subsets) if kind == "list" else named

    def accepts(self, value: Any) -> bool:
        """Return whether the mock takes the value; a tuple stands for a list."""
        if self.values:
            return any(_alike(value, each) for each in self.values)
        if self.takes in _NUMBERS:
            return isinstance(value, int | float) and not isinstance(value, bool) and _NUMBERS[self.takes](value)
        if self.takes in _TEXTS:
            return isinstance(value, str) and _TEXTS[self.takes](value)
        kinds = _MAPPINGS[self.takes]
        return isinstance(value, Mapping) and all(isinstance(each, kinds) for each in value.values())


def engine_names() -> tuple[str, ...]:
    """Return the name of every engine, each once, in the order of the document."""
    return tuple(dict.fromkeys(engine.name for engine in load_engines()))


def _named(text: str) -> Any:
    return int(text) if text.isdecimal() else text


def _alike(value: Any, known: Any) -> bool:
    """Return whether a value is a known one, as a list or a tuple."""
    if isinstance(known, tuple):
        same_names = isinstance(value, list | tuple) and Counter(value) == Counter(known)
        return same_names and (len(known) < 2 or len(value) == len(known))
    return type(value) is type(known) and bool(value == known)


@cache
def load_settings() -> Mapping[str, Setting]:
    """Return all settings by name, in the order of the file."""
    file = resources.load_yaml(resources.openapi("rules.yaml"))
    rows = [
        *(
            (each, each.get("source", rule["source"]), rule["id"])
            for rule in file["rules"]
            for each in rule.get("settings", ())
        ),
        *((each, "assumed", None) for each in file["limits"]),
    ]
    return {
        each["name"]: Setting(
            each["name"],
            rule,
            source,
            each["default"],
            each["takes"],
            tuple(reading["value"] for reading in each.get("readings", ())),
        )
        for each, source, rule in rows
    }


def own_limits() -> frozenset[str]:
    """Return the limits that protect the mock itself, which say nothing about a service."""
    return frozenset(name for name, each in load_settings().items() if each.rule is None) - _SERVICE_LIMITS
