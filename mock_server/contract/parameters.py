"""Parameters of a request body: a tree of variants, chosen by discriminators, with a validator at each leaf."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from jsonschema_rs import Draft202012Validator

from .document import ContractError, Node, follow, inline
from .findings import Finding, broken, required

Fields = Mapping[str, Any]
Condition = tuple[str, str]

_UNDERSTOOD = frozenset({"type", "properties", "required", "title", "description", "examples"})


@dataclass(frozen=True, slots=True)
class Variant:
    """One flat set of properties.

    missing: what to say where a required property is missing, in the order of the document; integers, files, closed:
    names of the properties that are whole numbers, files, and that take only values the document lists.
    """

    properties: Mapping[str, Node]
    missing: Mapping[str, Finding]
    validator: Draft202012Validator
    integers: frozenset[str]
    files: frozenset[str]
    closed: frozenset[str]

    def pick(self, fields: Fields) -> "Variant":
        """Return the variant that decides about `fields`: this one."""
        del fields
        return self

    def check(self, fields: Fields) -> list[Finding]:
        """Return all findings about declared fields, in the order in which the document declares the properties."""
        if self.validator.is_valid(fields):
            return []
        found = [finding for name, finding in self.missing.items() if name not in fields]
        for error in self.validator.iter_errors(fields):
            path = error.instance_path
            if path:
                found.append(broken(path, str(error.schema_path[-1]), self.properties[str(path[0])]))
        if len(found) > 1:
            order = list(self.properties)
            found.sort(key=lambda each: order.index(each.field))
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """Variants by the value of one property. `common` is what all of them share: it decides when none is chosen."""

    discriminator: str
    branches: Mapping[str, "Variant | Choice"]
    common: Variant

    def pick(self, fields: Fields) -> Variant:
        """Return the variant that decides about `fields`."""
        value = fields.get(self.discriminator)
        branch = self.branches.get(value) if isinstance(value, str) else None
        return branch.pick(fields) if branch else self.common


Parameters = Variant | Choice


@dataclass(slots=True)
class _Path:
    """The choices made on the way to a variant, outermost first, each with what is required whatever is chosen."""

    steps: list[tuple[Condition, frozenset[str]]] = field(default_factory=list)

    def then(self, condition: Condition, always: frozenset[str]) -> "_Path":
        return _Path([*self.steps, (condition, always)])

    def condition(self, name: str) -> Condition | None:
        """Return the innermost choice without which property `name` would not be required."""
        return next((made for made, always in reversed(self.steps) if name not in always), None)


def compile_parameters(document: Node, schema: Node) -> Parameters:
    """Return the parameters that a schema describes; raise ContractError on a shape that is not understood."""
    return _compile(document, follow(document, schema), _Path())


def _compile(document: Node, schema: Node, path: _Path) -> Parameters:
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches is None:
        return _variant(inline(document, schema), path)
    if "discriminator" not in schema:
        raise ContractError(f"{schema.get('title', 'a request schema')}: variants need a discriminator")
    name = schema["discriminator"]["propertyName"]
    targets = {
        value: follow(document, {"$ref": reference}) for value, reference in schema["discriminator"]["mapping"].items()
    }
    if {branch.get("$ref") for branch in branches} != set(schema["discriminator"]["mapping"].values()):
        raise ContractError(
            f"{schema.get('title', 'a request schema')}: variants and mapping must name the same schemas"
        )
    common = _common(document, name, targets, path)
    return Choice(
        name,
        {
            value: _compile(document, target, path.then((name, value), frozenset(common.missing)))
            for value, target in targets.items()
        },
        common,
    )


def _variant(schema: Node, path: _Path) -> Variant:
    if schema.get("type") != "object" or "properties" not in schema:
        raise ContractError(f"{schema.get('title', 'a request schema')}: a variant is an object with properties")
    unknown = {key for key in schema if key not in _UNDERSTOOD and not key.startswith("x-")}
    if unknown:
        raise ContractError(
            f"{schema.get('title', 'a request schema')}: {', '.join(sorted(unknown))} is not understood"
        )
    needed = frozenset(schema.get("required", []))
    properties = schema["properties"]
    missing = {name: required(name, path.condition(name)) for name in properties if name in needed}
    validator = Draft202012Validator({"type": "object", "properties": properties, "required": sorted(needed)})
    return Variant(
        properties,
        missing,
        validator,
        integers=_named(properties, lambda each: each.get("type") == "integer"),
        files=_named(properties, lambda each: each.get("format") == "binary"),
        closed=_named(properties, lambda each: "enum" in each),
    )


def _named(properties: Mapping[str, Node], which: Callable[[Node], bool]) -> frozenset[str]:
    return frozenset(name for name, each in properties.items() if which(each))


def _common(document: Node, discriminator: str, targets: Mapping[str, Node], path: _Path) -> Variant:
    """Return what every leaf below shares, with the discriminator limited to the values that lead somewhere."""
    leaves = [leaf for target in targets.values() for leaf in _leaves(document, target)]
    shared = reduce(lambda left, right: left & right, (leaf["properties"].keys() for leaf in leaves))
    properties = {
        name: leaves[0]["properties"][name]
        for name in leaves[0]["properties"]
        if name in shared and all(leaf["properties"][name] == leaves[0]["properties"][name] for leaf in leaves)
    }
    properties = {discriminator: {"type": "string", "enum": list(targets)}, **properties}
    needed = reduce(lambda left, right: left & right, (frozenset(leaf.get("required", [])) for leaf in leaves))
    return _variant({"type": "object", "properties": properties, "required": needed & properties.keys()}, path)


def _leaves(document: Node, schema: Node) -> Iterator[Node]:
    branches = schema.get("oneOf") or schema.get("anyOf")
    if branches is None:
        yield inline(document, schema)
        return
    for branch in branches:
        yield from _leaves(document, follow(document, branch))
