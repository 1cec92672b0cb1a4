"""Roles: the meaning of each property of a request schema, from `x-role` in the document."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .document import ContractError, Node

_SINGLE = ("engine", "count", "prompt", "size", "type", "source")
_SIZE = re.compile(r"([1-9][0-9]*)x([1-9][0-9]*)")


@dataclass(frozen=True, slots=True)
class Roles:
    """The property with each role, None if the schema has none.

    engine: selects the engine; count: number of images; prompt: text of the image; size: WIDTHxHEIGHT in pixels;
    type: kind of generation; source: uploaded image; modifiers: free text that changes the look.
    """

    engine: str | None = None
    count: str | None = None
    prompt: str | None = None
    size: str | None = None
    type: str | None = None
    source: str | None = None
    modifiers: tuple[str, ...] = ()


def compile_roles(properties: Mapping[str, Node], where: str) -> Roles:
    """Return the roles of the properties; raise ContractError on an unknown, repeated or unusable one."""
    single: dict[str, str] = {}
    modifiers: list[str] = []
    for name, schema in properties.items():
        role = schema.get("x-role")
        if role == "modifier":
            modifiers.append(name)
        elif role is None:
            continue
        elif role not in _SINGLE:
            known = ", ".join(_SINGLE)
            raise ContractError(f"{where}: {name} has the unknown x-role {role!r}; use {known} or modifier")
        elif role in single:
            raise ContractError(f"{where}: {single[role]} and {name} both have the x-role {role}")
        else:
            single[role] = name
    roles = Roles(**single, modifiers=tuple(modifiers))
    _check_sizes(properties, roles.size, where)
    return roles


def check_engine(roles: Roles, where: str) -> None:
    """Raise ContractError if the schema of an engine lacks a property that a generation needs."""
    missing = [role for role in ("prompt", "count") if getattr(roles, role) is None]
    if roles.engine is not None and missing:
        raise ContractError(f"{where}: the schema of an engine needs a property with x-role: {missing[0]}")


def parse_size(text: str) -> tuple[int, int] | None:
    """Return width and height in pixels of a WIDTHxHEIGHT, None for any other text."""
    found = _SIZE.fullmatch(text)
    # int refuses more than 4300 digits, and 18 are far beyond any limit.
    return (int(found[1][:18]), int(found[2][:18])) if found else None


def _check_sizes(properties: Mapping[str, Node], size: str | None, where: str) -> None:
    choices = properties[size].get("enum", ()) if size else ()
    if wrong := [str(each) for each in choices if parse_size(str(each)) is None]:
        raise ContractError(f"{where}: {size} offers {wrong[0]}, which is not WIDTHxHEIGHT")
