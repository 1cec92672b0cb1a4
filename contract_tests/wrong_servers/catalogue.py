"""Every server by name: what kind it is, and which rule it breaks how."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from contract_tests.wrong_servers.service import Service

Kind = Literal["right", "wrong", "assumed", "null", "broken"]
Mode = Literal["black-box", "control"]
BOTH: tuple[Mode, ...] = ("black-box", "control")
Make = type[Service]


@dataclass(frozen=True)
class Entry:
    """A server: a class of this package, or the mock with a behaviour of its own.

    What one of the kind `assumed` breaks is an assumption, and a right one may differ from the assumptions it names.
    `modes` are those in which it shows at all.
    """

    name: str
    kind: Kind
    rules: tuple[str, ...]
    sentence: str
    source: Make | Mapping[str, Any]
    modes: tuple[Mode, ...] = BOTH

    @property
    def is_mock(self) -> bool:
        return isinstance(self.source, Mapping)

    @property
    def shares_lock(self) -> bool:
        if isinstance(self.source, Mapping):
            return self.source.get("lock_scope") == "global"
        return self.source.shared_lock


CATALOGUE: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Enter a server under its name."""
    if entry.name in CATALOGUE:
        raise ValueError(f"two servers are called {entry.name}")
    CATALOGUE[entry.name] = entry


def breaks(*rules: str, how: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Declare a server that breaks a documented rule; where the rule shows in several, all of them count."""
    return _enter("wrong", rules, how, modes)


def differs(*rules: str, how: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Declare a server that differs from an assumption."""
    return _enter("assumed", rules, how, modes)


def right(how: str, *, differs: tuple[str, ...] = (), modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Declare a server that breaks nothing documented; `differs` are assumptions that it does not share."""
    return _enter("right", differs, how, modes)


def null(how: str) -> Callable[[Make], Make]:
    """Declare a server that does nothing."""
    return _enter("null", (), how)


def broken(how: str) -> Callable[[Make], Make]:
    """Declare a server that fails as a server, not as this API."""
    return _enter("broken", (), how, ("black-box",))


def _enter(kind: Kind, rules: tuple[str, ...], sentence: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    def enter(make: Make) -> Make:
        name = re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", make.__name__).lower()
        add(Entry(name, kind, rules, sentence, make, modes))
        return make

    return enter
