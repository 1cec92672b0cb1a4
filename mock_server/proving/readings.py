"""Readings: what a client may meet where the documentation leaves something open, as values of the mock's settings."""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from allpairspy import AllPairs

from mock_server.behaviours import read_settings
from mock_server.contract import ContractError, Rules, Setting, parse_yaml
from mock_server.domain.behaviour import Behaviour

from .results import shown

MODES = ("each", "pairwise", "full")
LIMIT = 250
_SEED = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Another value of a setting. belief: of a client that depends on the value of the behaviour."""

    setting: str
    value: Any = field(compare=False)
    number: int
    rule: str = field(compare=False)
    source: str = field(compare=False)
    belief: str = field(compare=False)


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
        found = {name: _others(setting, getattr(behaviour, name)) for name, setting in rules.settings.items()}
        self._choices = {name: others for name, others in found.items() if others and name not in measured}

    def plan(self, mode: str, limit: int = LIMIT) -> Plan:
        """Return the readings of a mode.

        "each" changes one setting, "pairwise" has every pair of values, and "full" up to `limit` of all.
        """
        each = list(self._each())
        if mode == "each":
            return Plan(mode, each, [], len(self._choices), 0)
        readings = [reading for reading in dict.fromkeys(self._pairwise()) if reading]
        if mode == "pairwise":
            return Plan(mode, readings, each, len(self._choices), 0)
        total = prod(map(len, self._rows())) - 1  # without the behaviour itself
        readings = [*readings, *self._sample(min(limit, total) - len(readings), {frozenset(), *readings})][:limit]
        return Plan(mode, readings, each, len(self._choices), total - len({*readings, *each}))

    def values(self, reading: Reading) -> dict[str, Any]:
        """Return the settings of a reading, in the order of the rules."""
        chosen = {choice.setting: choice.value for choice in reading}
        return {name: chosen[name] for name in self._choices if name in chosen}

    def _each(self) -> Iterator[Reading]:
        return (frozenset([choice]) for choices in self._choices.values() for choice in choices)

    def _rows(self) -> list[list[Choice | None]]:
        """Return the values of each setting; None is that of the behaviour."""
        return [[None, *choices] for choices in self._choices.values()]

    def _pairwise(self) -> Iterator[Reading]:
        if len(self._choices) > 1:
            yield from map(_reading, AllPairs(self._rows()))

    def _sample(self, number: int, tried: set[Reading]) -> Iterator[Reading]:
        """Yield up to `number` readings that were not tried."""
        generator = random.Random(_SEED)  # noqa: S311 (a sample, no secret)
        while number > 0:
            row = [generator.choice(values) for values in self._rows()]
            if _reading(row) not in tried:
                tried.add(_reading(row))
                number -= 1
                yield _reading(row)


def parse_reading(texts: Iterable[str], rules: Rules) -> Mapping[str, Any]:
    """Return the settings in texts like "lock_scope=global"; raise ValueError."""
    parts = [text.partition("=") for text in texts]
    for name, equals, _ in parts:
        if not equals:
            raise ValueError(f"{name!r} is not a setting and its value, as in lock_scope=global")
        if name in rules.settings and rules.settings[name].source == "doc":
            raise ValueError(f"{name} is documented, and every reading has the documented value")
    return read_settings({name: _read(value) for name, _, value in parts}, rules)


def _read(text: str) -> Any:
    try:
        return parse_yaml(text)
    except ContractError:
        return text


def _others(setting: Setting, value: Any) -> list[Choice]:
    """Return the readings of a setting beside its value."""
    beliefs = [each.belief for each in setting.readings if each.value == value]
    belief = beliefs[0] if beliefs else f"{setting.name} is {shown(value)}"
    return [
        Choice(setting.name, each.value, number, setting.rule or "a limit", setting.source, belief)
        for number, each in enumerate(setting.readings)
        if each.value != value
    ]


def _reading(row: Iterable[Choice | None]) -> Reading:
    return frozenset(choice for choice in row if choice)
