"""Schemas as the reference shows them: types and limits of values, and the variants that a discriminator selects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract.document import Node, alternatives, branches, follow

_LIMITS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "characters: at least {}",
    "maxLength": "characters: at most {}",
    "minItems": "items: at least {}",
    "maxItems": "items: at most {}",
    "pattern": "matches {}",
    "format": "format {}",
}


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a value. kind: its JSON type, "array of" that of its items; schema: name of the schema; values: the
    allowed ones; limits: as text; examples: of values.
    """

    kind: str
    schema: str | None
    values: tuple[Any, ...]
    limits: tuple[str, ...]
    examples: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A property of an object, or a parameter. remarks: its role, or where it is sent."""

    name: str
    required: bool
    type: Type
    description: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema. source: of the statement, None if the document names none; variants: its alternatives; chosen_by:
    the property that selects one; type: None for an object.
    """

    name: str
    title: str
    description: str
    source: str | None
    fields: tuple[Field, ...]
    variants: tuple[Type, ...]
    chosen_by: str | None
    type: Type | None


@dataclass(frozen=True, slots=True)
class Variant:
    """The parameters of a request body for one set of choices. encodings: the media types that accept it; choices: the
    values of the discriminators that select it, by property.
    """

    schema: Schema
    encodings: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]


def schemas(document: Node) -> list[Schema]:
    """Return the named schemas, in the order of the document."""
    return [_schema(document, name, node) for name, node in document.get("components", {}).get("schemas", {}).items()]


def variants(document: Node, content: Node) -> list[Variant]:
    """Return the variants of a request body, each once, even if several media types accept it."""
    found: dict[str, Variant] = {}
    for media_type, media in content.items():
        for schema, choices in _leaves(document, media["schema"], {}):
            known = found.get(schema.name)
            encodings = (*known.encodings, media_type) if known else (media_type,)
            found[schema.name] = Variant(schema, encodings, known.choices if known else choices)
    return list(found.values())


def named(node: Node) -> str | None:
    """Return the name of the referenced schema, None for an inline one."""
    return str(node["$ref"]).rpartition("/")[2] if "$ref" in node else None


def type_of(document: Node, node: Node) -> Type:
    """Return the type that a schema describes."""
    schema = named(node)
    node = follow(document, node)
    kind, inner = _kind(document, node)
    values = tuple(node["enum"]) if "enum" in node else (node["const"],) if "const" in node else ()
    limits = tuple(words.format(node[key]) for key, words in _LIMITS.items() if key in node)
    return Type(kind, schema or inner, values, limits, tuple(node.get("examples", ())))


def _leaves(
    document: Node, node: Node, choices: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[Schema, Mapping[str, tuple[str, ...]]]]:
    schema = alternatives(document, node)
    if "discriminator" not in schema:
        yield _schema(document, named(node) or schema.get("title", "body"), schema), choices
        return
    discriminator = schema["discriminator"]
    by_target: dict[str, tuple[str, ...]] = {}
    for value, target in discriminator["mapping"].items():
        by_target[target] = (*by_target.get(target, ()), value)
    for target, values in by_target.items():
        yield from _leaves(document, {"$ref": target}, {**choices, discriminator["propertyName"]: values})


def _schema(document: Node, name: str, node: Node) -> Schema:
    chooser = alternatives(document, node)
    choices = tuple(type_of(document, branch) for branch in branches(chooser))
    fields = tuple(_fields(document, node))
    return Schema(
        name,
        node.get("title", name),
        node.get("description", ""),
        node.get("x-source"),
        fields,
        choices,
        chooser.get("discriminator", {}).get("propertyName"),
        None if fields or choices else type_of(document, node),
    )


def _fields(document: Node, node: Node) -> Iterator[Field]:
    required = node.get("required", ())
    for name, each in node.get("properties", {}).items():
        text = each.get("description") or follow(document, each).get("description", "")
        role = follow(document, each).get("x-role")
        yield Field(name, name in required, type_of(document, each), text, (f"role {role}",) if role else ())


def _kind(document: Node, node: Node) -> tuple[str, str | None]:
    """Return the kind that a schema describes, and the name of the schema of its items."""
    kind = node.get("type", "any")
    kind = kind if isinstance(kind, str) else " or ".join(kind)
    held = node.get("items") or node.get("additionalProperties")
    if not isinstance(held, Mapping):
        return ("file" if node.get("format") == "binary" else kind), None
    inner = type_of(document, held)
    words = f"array of {inner.kind}" if kind == "array" else f"object of {inner.kind} by name"
    return words, inner.schema
