"""Reading the document: YAML in, references followed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

Node = Mapping[str, Any]


class ContractError(ValueError):
    """The contract says something that the mock does not understand. The message says where."""


def read_yaml(path: Path) -> Any:
    """Return what the YAML file at `path` holds; raise ContractError where it is no YAML."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 (both are safe loaders)
    except yaml.YAMLError as error:
        raise ContractError(f"{path} is not YAML: {error}") from error


def follow(document: Node, node: Node) -> Node:
    """Return the node itself, or what its `$ref` into the same document points to."""
    seen: set[str] = set()
    while "$ref" in node:
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise ContractError(f"{reference}: only references within the document are understood")
        if reference in seen:
            raise ContractError(f"{reference} leads back to itself")
        if beside := node.keys() - {"$ref", "summary", "description"}:
            raise ContractError(f"{', '.join(sorted(beside))} beside the reference {reference} is not understood")
        seen.add(reference)
        node = lookup(document, reference)
    return node


def lookup(document: Node, reference: str) -> Node:
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, Mapping) or key not in target:
            raise ContractError(f"{reference} points to nothing")
        target = target[key]
    if not isinstance(target, Mapping):
        raise ContractError(f"{reference} points to no object")
    return target


def inline(document: Node, node: Any) -> Any:
    """Return a copy of `node` with every reference replaced by what it points to."""
    if isinstance(node, Mapping):
        return {key: inline(document, value) for key, value in follow(document, node).items()}
    if isinstance(node, list):
        return [inline(document, item) for item in node]
    return node
