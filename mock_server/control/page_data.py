"""Facts: what a server offers as long as it runs, for a page to show: accounts, and the forms of the engines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server import __version__
from mock_server.contract import Contract
from mock_server.contract.parameters import Choice, Parameters, Variant
from mock_server.domain.accounts import Accounts, world_name
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.entry import PICTURE

_GENERATE = "generateImage"
_ALWAYS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """A listed account that is valid. world: the name of its world; credits: what it begins with."""

    token: str
    world: str
    credits: int


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of an engine. kind: "text", "number", "choice" or "file"; values: of a choice.

    only: the values of `chooser` with which it is there, empty for all.
    """

    name: str
    kind: str
    description: str
    example: str
    values: tuple[str, ...]
    required: bool
    chooser: str = ""
    only: tuple[str, ...] = _ALWAYS


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine, and the parameters that it takes, beside the one that chooses it."""

    name: str
    chooser: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a server offers. closed: tokens that no account lists are refused; credits: what others begin with;
    shared: all worlds have one lock and one clock; operations: ids of all that the journal knows; generate: where an
    order is sent, None where the document has no such operation.
    """

    version: str
    accounts: tuple[ReadyMade, ...]
    closed: bool
    credits: int
    shared: bool
    operations: tuple[str, ...]
    generate: str | None
    engines: tuple[Engine, ...]


def facts(accounts: Accounts, behaviour: Behaviour, contract: Contract) -> Facts:
    """Return what a server with these accounts offers that behaves so and serves the contract."""
    generate = next((each for each in contract.operations if each.id == _GENERATE), None)
    return Facts(
        version=__version__,
        accounts=tuple(
            ReadyMade(token, world_name(token), each.credits) for token, each in accounts.listed.items() if each.valid
        ),
        closed=accounts.closed,
        credits=accounts.default.credits,
        shared=behaviour.lock_scope == "global",
        operations=(*(each.id for each in contract.operations), PICTURE),
        generate=generate.path if generate else None,
        engines=tuple(_engines(generate.parameters)) if generate and generate.parameters else (),
    )


def _engines(parameters: Parameters) -> Iterator[Engine]:
    """Yield an engine for each value of the outermost choice."""
    if isinstance(parameters, Choice):
        for name, branch in parameters.branches.items():
            fields = tuple(each for each in _fields(branch) if each.name != parameters.discriminator)
            yield Engine(name, parameters.discriminator, fields)


def _fields(parameters: Parameters) -> Iterator[Field]:
    """Yield the parameters of all variants, each once."""
    variants = dict(_variants(parameters))
    chooser = parameters.discriminator if isinstance(parameters, Choice) else ""
    seen = {name: node for variant in variants.values() for name, node in variant.properties.items()}
    for name, node in seen.items():
        only = tuple(value for value, variant in variants.items() if name in variant.properties)
        everywhere = len(only) == len(variants)
        values = tuple(variants) if name == chooser else tuple(map(str, node.get("enum", ())))
        yield Field(
            name=name,
            kind=_kind(node, values),
            description=node.get("description", ""),
            example=str(next(iter(node.get("examples", ())), "")),
            values=values,
            required=all(name in variants[each].missing for each in only),
            chooser="" if everywhere else chooser,
            only=_ALWAYS if everywhere else only,
        )


def _variants(parameters: Parameters) -> Iterator[tuple[str, Variant]]:
    if isinstance(parameters, Variant):
        yield "", parameters
        return
    for value, branch in parameters.branches.items():
        yield value, branch.pick({})


def _kind(node: Mapping[str, Any], values: tuple[str, ...]) -> str:
    if values:
        return "choice"
    if node.get("format") == "binary":
        return "file"
    return "number" if node.get("type") == "integer" else "text"
