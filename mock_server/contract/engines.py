"""Engines: the document without some of those that it lists."""

from collections.abc import Collection
from typing import Any

from .document import Node


def without_engines(document: Node, names: Collection[str]) -> Node:
    """Return a copy of the document in which no discriminator chooses one of these engines."""
    return {key: _without(value, frozenset(names)) for key, value in document.items()}


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_without(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    copy = {key: _without(each, names) for key, each in value.items()}
    chooser = copy.get("discriminator")
    if not isinstance(chooser, dict) or not names & chooser.get("mapping", {}).keys():
        return copy
    kept = {name: reference for name, reference in chooser["mapping"].items() if name not in names}
    copy["discriminator"] = {**chooser, "mapping": kept}
    for part in (copy, *copy.get("allOf", ())):
        for several in part.keys() & {"oneOf", "anyOf"}:
            part[several] = [each for each in part[several] if each.get("$ref") in kept.values()]
    return copy
