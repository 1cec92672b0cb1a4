"""Readings: what a client may meet where the documentation leaves something open, as values of the mock's settings."""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import Any

from allpairspy import AllPairs

from mock_server.contract import Rules
from mock_server.domain.behaviour import Behaviour
from mock_server.faults.registry import suggestion

from .results import shown

MODES = ("each", "pairwise", "full")
LIMIT = 250
_SEED = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Another value of a setting. belief: what a client takes for granted that counts on the value of the behaviour."""

    setting: str
    value: Any = field(compare=False)
    number: int
    rule: str = field(compare=False)
    source: str = field(compare=False)
    belief: str = field(compare=False)
    not_with: Mapping[str, Any] = field(compare=False)


# The settings in which a reading differs from the behaviour. The empty one is the behaviour itself.
Reading = frozenset[Choice]


@dataclass(frozen=True, slots=True)
class Plan:
    """The readings to try. closer: single settings, for a client that one of the readings changes, since one setting
    may hide another; left_out: how many readings there are beside these.
    """

    mode: str
    readings: Sequence[Reading]
    closer: Sequence[Reading]
    settings: int
    left_out: int


class Space:
    """All readings around a behaviour. measured: settings that are known by now, which take no part."""

    def __init__(self, rules: Rules, behaviour: Behaviour, measured: Collection[str] = ()) -> None:
        self._rules = rules
        self._behaviour = behaviour
        self._choices = {name: self._others(name) for name in rules.settings if name not in measured}
        self._choices = {name: choices for name, choices in self._choices.items() if choices}

    @property
    def settings(self) -> Sequence[str]:
        """The settings that take part, by name."""
        return list(self._choices)

    def plan(self, mode: str, limit: int = LIMIT) -> Plan:
        """Return the readings of a mode.

        "each" changes one setting, "pairwise" has every pair of values, and "full" up to `limit` of all.
        """
        each = list(self._each())
        if mode == "each":
            return Plan(mode, each, [], len(self._choices), 0)
        readings = list(dict.fromkeys(self._pairwise()))
        if mode == "full":
            total = self._total()
            readings += self._sample(min(limit, total) - len(readings), set(readings))
            return Plan(mode, readings, each, len(self._choices), total - len({*readings, *each}))
        return Plan(mode, readings, each, len(self._choices), 0)

    def values(self, reading: Reading) -> dict[str, Any]:
        """Return the settings of a reading, in the order of the rules."""
        chosen = {choice.setting: choice.value for choice in reading}
        return {name: chosen[name] for name in self._choices if name in chosen}

    def parse(self, texts: Iterable[str]) -> dict[str, Any]:
        """Return settings from texts like "lock_scope=global"; raise ValueError."""
        return dict(self._parse(text) for text in texts)

    def _parse(self, text: str) -> tuple[str, Any]:
        name, equals, value = text.partition("=")
        known = self._rules.settings
        if name not in known:
            raise ValueError(f"unknown setting {name}{suggestion(name, known)}")
        setting = known[name]
        if setting.source == "doc":
            raise ValueError(f"{name} is documented, so no reading differs in it")
        values = {_written(each.value): each.value for each in setting.readings}
        if not equals or value not in values:
            wanted = ", ".join(values) or "no other value"
            raise ValueError(f"{name} takes {wanted}, not {value or 'nothing'}{suggestion(value, values)}")
        return name, values[value]

    def _others(self, name: str) -> list[Choice]:
        setting, value = self._rules.settings[name], getattr(self._behaviour, name)
        belief = next((each.belief for each in setting.readings if each.value == value), f"{name} is {shown(value)}")
        choices = [
            Choice(name, each.value, number, setting.rule or "a limit", setting.source, belief, each.not_with)
            for number, each in enumerate(setting.readings)
            if each.value != value
        ]
        return [choice for choice in choices if self._allowed([choice])]

    def _allowed(self, row: Iterable[Choice | None]) -> bool:
        """Return whether the choices together contradict no documented rule."""
        chosen = [choice for choice in row if choice]
        values = {choice.setting: choice.value for choice in chosen}
        return not any(
            values.get(name, getattr(self._behaviour, name)) == value
            for choice in chosen
            for name, value in choice.not_with.items()
        )

    def _each(self) -> Iterator[Reading]:
        return (frozenset([choice]) for choices in self._choices.values() for choice in choices)

    def _rows(self) -> list[list[Choice | None]]:
        """Return the values of each setting; None is that of the behaviour."""
        return [[None, *choices] for choices in self._choices.values()]

    def _pairwise(self) -> Iterator[Reading]:
        if len(self._choices) > 1:
            yield from map(_reading, AllPairs(self._rows(), filter_func=self._allowed))

    def _sample(self, number: int, tried: set[Reading]) -> Iterator[Reading]:
        """Yield up to `number` readings that were not tried."""
        generator = random.Random(_SEED)  # noqa: S311 (a sample, no secret)
        while number > 0:
            row = [generator.choice(values) for values in self._rows()]
            if self._allowed(row) and _reading(row) not in tried:
                tried.add(_reading(row))
                number -= 1
                yield _reading(row)

    def _total(self) -> int:
        """Return the number of readings, without the behaviour itself."""
        bound = {
            name
            for choices in self._choices.values()
            for each in choices
            if each.not_with
            for name in (each.setting, *each.not_with)
        }
        rows = dict(zip(self._choices, self._rows(), strict=True))
        free = prod(len(row) for name, row in rows.items() if name not in bound)
        return free * sum(map(self._allowed, product(*(row for name, row in rows.items() if name in bound)))) - 1


def _reading(row: Iterable[Choice | None]) -> Reading:
    return frozenset(choice for choice in row if choice)


def _written(value: Any) -> str:
    """Return a value as it is written behind "NAME="."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{each}" for name, each in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
