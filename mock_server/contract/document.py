"""Reading the document: YAML in, references followed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Node = Mapping[str, Any]
# In C it takes an eighth of the time, but not every build of PyYAML has it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _FileLoader(_Loader):  # type: ignore[misc]
    """Reads a file that people write: a key that an object has twice is an error; keys, dates and times are texts."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        _make_texts(node)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != _MERGE]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"duplicate key {key}", node.value[place][0].start_mark
                )
        return super().construct_mapping(node, deep)

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        super().flatten_mapping(node)
        _make_texts(node)  # those that were merged


def _make_texts(node: yaml.MappingNode) -> None:
    """Make a text of each key: a token may look like a number, or like no."""
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE:
            key.tag = _TEXT


def _number(loader: Any, node: yaml.ScalarNode) -> Any:
    """Return a number; to YAML, 18:30 is one too. 5.0 is an integer, as in JSON Schema."""
    if ":" in node.value:
        return node.value
    number = loader.construct_yaml_int(node) if node.tag == _INTEGER else loader.construct_yaml_float(node)
    return int(number) if isinstance(number, float) and number.is_integer() else number


_TEXT, _INTEGER, _FLOAT, _TIMESTAMP = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "timestamp"))
_FileLoader.add_constructor(_INTEGER, _number)
_FileLoader.add_constructor(_FLOAT, _number)
_FileLoader.add_constructor(_TIMESTAMP, lambda loader, node: loader.construct_scalar(node))
_MERGE = "tag:yaml.org,2002:merge"

# A ValueError is an integer of more than 4,300 digits.
_UNREADABLE = (yaml.YAMLError, ValueError, RecursionError)

# Allowed beside a `$ref`: annotations of the place, which constrain nothing.
_ANNOTATIONS = frozenset({"$ref", "summary", "description", "title", "examples"})


class ContractError(ValueError):
    """The mock does not understand something in the contract. The message says where."""


def read_yaml(path: Path, *, by_hand: bool = False) -> Any:
    """Return the content of the YAML file at `path`; raise ContractError if it is not YAML.

    by_hand: people write it, so a key that an object has twice is refused, and keys, dates and times are texts.
    """
    try:
        return yaml.load(path.read_bytes(), Loader=_FileLoader if by_hand else _Loader)  # noqa: S506 (both are safe)
    except _UNREADABLE as error:
        raise ContractError(f"{path} is not YAML: {_problem(error)}") from error


def parse_yaml(text: str) -> Any:
    """Return the value of a text that people write, as `read_yaml` does; raise ContractError if it is not YAML."""
    try:
        return yaml.load(text, Loader=_FileLoader)  # noqa: S506 (it is safe)
    except _UNREADABLE as error:
        raise ContractError(f"not YAML: {_problem(error)}") from error


def _problem(error: Exception) -> str:
    """Return what is wrong, and where."""
    if isinstance(error, yaml.reader.ReaderError):
        return f"byte {error.position} is not UTF-8, or a control character"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        return str(error).partition(";")[0]
    said = " ".join(filter(None, (error.context, error.problem)))
    return f"{said} in line {mark.line + 1}, column {mark.column + 1}"


def follow(document: Node, node: Node) -> Node:
    """Return the node with its `$ref` into the same document resolved.

    Annotations beside the `$ref` (description, x-role, ...) replace those of its target; raise ContractError on
    anything else there.
    """
    seen: set[str] = set()
    annotations: dict[str, Any] = {}
    while "$ref" in node:
        reference = node["$ref"]
        if not reference.startswith("#/"):
            raise ContractError(f"{reference}: only references within the document are understood")
        if reference in seen:
            raise ContractError(f"{reference} leads back to itself")
        beside = {key: value for key, value in node.items() if key != "$ref"}
        if unknown := {key for key in beside if key not in _ANNOTATIONS and not key.startswith("x-")}:
            raise ContractError(f"{', '.join(sorted(unknown))} beside the reference {reference} is not understood")
        # The outermost place wins.
        annotations = beside | annotations
        seen.add(reference)
        node = lookup(document, reference)
    return {**node, **annotations} if annotations else node


def alternatives(document: Node, node: Node) -> Node:
    """Return a schema, followed; alternatives that are alone in its `allOf` are moved out of there."""
    schema = follow(document, node)
    parts = schema.get("allOf", ())
    return {**schema, **parts[0]} if len(parts) == 1 and branches(parts[0]) else schema


def branches(schema: Node) -> Sequence[Node]:
    """Return the alternatives that a schema lists, none if it describes one value."""
    return schema.get("oneOf") or schema.get("anyOf") or ()


def lookup(document: Node, reference: str) -> Node:
    """Return the object that a JSON pointer into the document names; raise ContractError."""
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        # In this order, as RFC 6901 demands: "~01" is "~1", not "/".
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(target, Mapping) or key not in target:
            raise ContractError(f"{reference} points to nothing")
        target = target[key]
    if not isinstance(target, Mapping):
        raise ContractError(f"{reference} does not point to an object")
    return target


def inline(document: Node, node: Any) -> Any:
    """Return a copy of `node` with every reference replaced by its target."""
    # A schema that contains itself is inlined without end: compile_contract catches the RecursionError.
    if isinstance(node, Mapping):
        return {key: inline(document, value) for key, value in follow(document, node).items()}
    if isinstance(node, list):
        return [inline(document, item) for item in node]
    return node
