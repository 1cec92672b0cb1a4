"""Data about the server: health, settings, and what the page shows, such as the form of each engine in the document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from mock_server import __version__
from mock_server.contract import Contract, Rules, Setting
from mock_server.contract.parameters import Choice, Parameters, Variant, choices
from mock_server.domain.accounts import Accounts, world_name
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.entry import PICTURE
from mock_server.profiles import Profile
from mock_server.service import Service

from .http import json_response
from .worlds import world_names

_ALWAYS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """A valid account of the accounts file. world: the name of its world; credits: its balance at the start."""

    token: str
    world: str
    credits: int


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of an engine. kind: "text", "number", "choice" or "file"; values: of a choice; json: they are JSON
    literals, not strings.

    only: the values of the field `chooser` with which it exists, empty for all.
    """

    name: str
    kind: str
    description: str
    example: str
    values: tuple[str, ...]
    required: bool
    json: bool = False
    chooser: str = ""
    only: tuple[str, ...] = _ALWAYS


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine with its parameters. chooser: the field that selects it, which is not among them."""

    name: str
    chooser: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class PageData:
    """Data for the page. closed: tokens of no listed account are refused; credits: balance of other accounts at the
    start; shared: all worlds have one lock and one clock; seconds: that a generation takes by default; lock_seconds:
    the life of a lock; operations: ids of all operations in the journal; base: the path that all operations begin with;
    generate: path of the operation that generates images, None if there is none.
    """

    version: str
    accounts: tuple[ListedAccount, ...]
    closed: bool
    credits: int
    shared: bool
    seconds: float
    lock_seconds: float
    operations: tuple[str, ...]
    base: str
    generate: str | None
    engines: tuple[Engine, ...]


async def health(service: Service, _: Request) -> Response:
    """Answer GET /health."""
    kind, worlds = service.store.kind, len(await world_names(service))
    identity = {"version": __version__, "instance": service.instance}
    return json_response({"status": "ok", **identity, "state": kind, "worlds": worlds})


async def behaviour(service: Service, rules: Rules, profile: Profile | None, _: Request) -> Response:
    """Answer GET /behaviour: every setting with value, default and source, a measured one with its evidence."""
    evidence = profile.view(service.clock.now()) if profile else {}
    views = (_setting_view(each, service.behaviour) for each in rules.settings.values())
    return json_response(
        [
            {**view, "source": "measured", "evidence": evidence[view["name"]]} if view["name"] in evidence else view
            for view in views
        ]
    )


def page_data(accounts: Accounts, behaviour: Behaviour, contract: Contract, seconds: float) -> PageData:
    """Return the data of the page for a server with these accounts, settings and contract. seconds: of a generation."""
    generate = contract.generation
    parameters = generate.parameters if generate else None
    return PageData(
        version=__version__,
        accounts=tuple(
            ListedAccount(token, world_name(token), each.credits)
            for token, each in accounts.listed.items()
            if each.valid
        ),
        closed=accounts.closed,
        credits=accounts.default.credits,
        shared=behaviour.lock_scope == "global",
        seconds=seconds,
        lock_seconds=behaviour.lock_seconds,
        operations=(*(each.id for each in contract.operations), PICTURE),
        base=contract.base_path,
        generate=generate.path if generate else None,
        engines=tuple(_engines(parameters)) if parameters else (),
    )


def _setting_view(setting: Setting, behaviour: Behaviour) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": getattr(behaviour, setting.name),
        "default": setting.default,
        "takes": setting.valid,
        "source": setting.source,
        "rule": setting.rule,
    }


def _engines(parameters: Parameters) -> Iterator[Engine]:
    """Yield an engine for each value of the outermost choice."""
    if isinstance(parameters, Choice):
        for name, branch in parameters.branches.items():
            fields = tuple(each for each in _fields(branch) if each.name != parameters.discriminator)
            yield Engine(name, parameters.discriminator, fields)


def _fields(parameters: Parameters) -> Iterator[Field]:
    """Yield the parameters of all variants, each once."""
    variants = _variants(parameters)
    chooser = parameters.discriminator if isinstance(parameters, Choice) else ""
    seen = {name: node for variant in variants.values() for name, node in variant.properties.items()}
    for name, node in seen.items():
        only = tuple(value for value, variant in variants.items() if name in variant.properties)
        everywhere = len(only) == len(variants)
        values = tuple(variants) if name == chooser else _values(node)
        yield Field(
            name=name,
            kind=_kind(node, values),
            description=node.get("description", ""),
            example=str(next(iter(node.get("examples", ())), "")),
            values=values,
            required=all(name in variants[each].missing for each in only),
            json=node.get("type", "string") != "string",
            chooser="" if everywhere else chooser,
            only=_ALWAYS if everywhere else only,
        )


def _variants(parameters: Parameters) -> Mapping[str, Variant]:
    """Return the variants by the value that selects them."""
    if isinstance(parameters, Variant):
        return {"": parameters}
    return {value: branch.pick({}) for value, branch in parameters.branches.items()}


def _values(node: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the values of a choice as text, none for any other field."""
    if node.get("type") == "boolean":
        return "true", "false"
    return tuple(map(str, choices(node)))


def _kind(node: Mapping[str, Any], values: tuple[str, ...]) -> str:
    if values:
        return "choice"
    if node.get("format") == "binary":
        return "file"
    return "number" if node.get("type") in ("integer", "number") else "text"
