"""The catalogue of servers: the kind of each, and the rule that it breaks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from contract_tests.wrong_servers.drawn.drawing import Draw, named
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.wire import Reply

Kind = Literal["conforming", "wrong", "assumed", "null", "broken"]
Mode = Literal["black-box", "control"]
BOTH: tuple[Mode, ...] = ("black-box", "control")
Make = type[Service]


@dataclass(frozen=True)
class Entry:
    """A server: a class of this package, a draw, or the mock with a behaviour.

    A `wrong` server breaks one of the documented `rules`, an `assumed` one an assumption; a `conforming` one may differ
    from the assumptions in `rules`. The deviation shows only in `modes`.
    """

    name: str
    kind: Kind
    rules: tuple[str, ...]
    sentence: str
    source: Make | Draw | Mapping[str, Any]
    modes: tuple[Mode, ...] = BOTH

    @property
    def is_mock(self) -> bool:
        return isinstance(self.source, Mapping)

    @property
    def shares_lock(self) -> bool:
        if isinstance(self.source, Mapping):
            return self.source.get("lock_scope") == "global"
        if isinstance(self.source, Draw):
            return bool(self.source["lock scope"] == "global")
        return self.source.shared_lock

    @property
    def sandbox(self) -> bool:
        """Whether its target says that all accounts are sandboxes."""
        return isinstance(self.source, type) and self.source.sandbox


CATALOGUE: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Add a server; its name must be new."""
    if entry.name in CATALOGUE:
        raise ValueError(f"duplicate server {entry.name}")
    CATALOGUE[entry.name] = entry


def breaks(*rules: str, how: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Add a class that breaks one of these documented rules."""
    return _enter("wrong", rules, how, modes)


def differs(*rules: str, how: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Add a class that differs from an assumption."""
    return _enter("assumed", rules, how, modes)


def conforming(how: str, *, differs: tuple[str, ...] = (), modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    """Add a class that keeps every documented rule; `differs` are assumptions that it does not share."""
    return _enter("conforming", differs, how, modes)


def null(how: str) -> Callable[[Make], Make]:
    """Add a class that does nothing."""
    return _enter("null", (), how)


def _enter(kind: Kind, rules: tuple[str, ...], sentence: str, modes: tuple[Mode, ...] = BOTH) -> Callable[[Make], Make]:
    def enter(make: Make) -> Make:
        name = re.sub(r"(?<!^)(?=[A-Z])|(?<=[a-z])(?=[0-9])", "-", make.__name__).lower()
        add(Entry(name, kind, rules, sentence, make, modes))
        return make

    return enter


def variant(
    name: str,
    rules: str,
    sentence: str,
    *,
    kind: Kind = "wrong",
    base: Make = Service,
    modes: tuple[Mode, ...] = BOTH,
    **changed: Any,
) -> None:
    """Add the row of a table: a subclass of `base` with some attributes changed. `rules` are separated by blanks."""
    add(Entry(name, kind, tuple(rules.split()), sentence, type(name, (base,), changed), modes))


def mock(name: str, kind: Kind, rules: str, sentence: str, *, modes: tuple[Mode, ...] = BOTH, **behaviour: Any) -> None:
    """Add the mock with a behaviour."""
    add(Entry(f"mock-{name}", kind, tuple(rules.split()), sentence, behaviour, modes))


def drawn(name: str, sentence: str, *, modes: tuple[Mode, ...] = BOTH, **ways: str) -> None:
    """Add a conforming server by its ways to use freedoms of the contract."""
    source = named(**ways)
    add(Entry(f"drawn-{name}", "conforming", tuple(sorted(source.may_differ)), sentence, source, modes))


Method = Callable[..., Any]


def altered(method: str, change: Callable[[Any], Any]) -> Method:
    """Return a method that changes the result of the service's own; of a reply, only the body."""

    def call(self: Service, *arguments: Any) -> Any:
        result = getattr(Service, method)(self, *arguments)
        return replace(result, body=change(result.body)) if isinstance(result, Reply) else change(result)

    return call


def with_status(method: str, status: int) -> Method:
    """Return a method that changes the status of a reply of the service."""
    return lambda self, *arguments: replace(getattr(Service, method)(self, *arguments), status=status)
