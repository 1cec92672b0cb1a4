"""Parameters of a request body: a tree of variants, chosen by discriminators, with a validator at each leaf."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from jsonschema_rs import Draft202012Validator

from .document import ContractError, Node, alternatives, branches, inline
from .findings import Finding, broken, required
from .roles import Roles, check_engine, compile_roles

Fields = Mapping[str, Any]
Condition = tuple[str, str]

_UNDERSTOOD = frozenset({"type", "properties", "required", "title", "description", "examples"})
_SCALARS = ("integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Variant:
    """One flat set of properties.

    missing: the finding for each required property, in the order of the document; scalars: the type of each property
    that is a number or a boolean; files: names of the properties that are files; closed: names of those that take only
    listed values; roles: the property with each role; rules: ids of the rules that the document names for the variant.
    """

    properties: Mapping[str, Node]
    missing: Mapping[str, Finding]
    validator: Draft202012Validator
    scalars: Mapping[str, str]
    files: frozenset[str]
    closed: frozenset[str]
    roles: Roles
    rules: tuple[str, ...]

    def pick(self, fields: Fields) -> "Variant":
        """Return the variant that applies to `fields`: this one."""
        del fields
        return self

    def variants(self) -> Iterator["Variant"]:
        """Yield every variant: this one."""
        yield self

    def check(self, fields: Fields) -> list[Finding]:
        """Return all findings about declared fields, in the order in which the document declares the properties."""
        if self.validator.is_valid(fields):
            return []
        found = [finding for name, finding in self.missing.items() if name not in fields]
        for error in self.validator.iter_errors(fields):
            path = error.instance_path
            if path:  # else a property is missing, which `missing` reports in the words of the document
                found.append(broken(path, str(error.schema_path[-1]), self.properties[str(path[0])]))
        if len(found) > 1:
            order = list(self.properties)
            found.sort(key=lambda each: order.index(each.field))
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """Variants by the value of one property. common: the properties of all variants; it applies when none is chosen."""

    discriminator: str
    branches: Mapping[str, "Variant | Choice"]
    common: Variant

    @property
    def roles(self) -> Roles:
        """The roles that all variants share."""
        return self.common.roles

    def pick(self, fields: Fields) -> Variant:
        """Return the variant that applies to `fields`."""
        value = fields.get(self.discriminator)
        # A value of a body can be a list or an object, which no dict can look up.
        branch = self.branches.get(value) if isinstance(value, str) else None
        return branch.pick(fields) if branch else self.common

    def variants(self) -> Iterator[Variant]:
        """Yield every variant, in the order of the document."""
        for branch in self.branches.values():
            yield from branch.variants()


Parameters = Variant | Choice


@dataclass(slots=True)
class _Path:
    """The choices made on the way to a variant, outermost first, each with the properties that any choice requires."""

    steps: list[tuple[Condition, frozenset[str]]] = field(default_factory=list)

    def then(self, condition: Condition, always: frozenset[str]) -> "_Path":
        return _Path([*self.steps, (condition, always)])

    def condition(self, name: str) -> Condition | None:
        """Return the innermost choice without which property `name` would not be required."""
        return next((made for made, always in reversed(self.steps) if name not in always), None)


def compile_parameters(document: Node, schemas: Sequence[Node]) -> Parameters:
    """Return the parameters that the schemas of one body describe, one schema a media type, the widest first.

    A choice that only a later schema offers is added to those of the first. Raise ContractError on a shape that is not
    understood.
    """
    return _compile(document, [alternatives(document, schema) for schema in schemas], _Path())


def _compile(document: Node, schemas: Sequence[Node], path: _Path) -> Parameters:
    if not branches(schemas[0]):
        return _leaf(inline(document, schemas[0]), path)
    name, targets = _targets(document, schemas)
    common = _common(document, name, targets, path)
    always = frozenset(common.missing)
    chosen = {
        value: _compile(document, [target], path.then((name, value), always)) for value, target in targets.items()
    }
    return Choice(name, chosen, common)


def _targets(document: Node, schemas: Sequence[Node]) -> tuple[str, Mapping[str, Node]]:
    """Return the discriminator and the schema for each of its values; the first schema that has a value wins."""
    references: dict[str, str] = {}
    names = []
    for schema in filter(branches, schemas):
        names.append(_discriminator(schema))
        references = {**schema["discriminator"]["mapping"], **references}
    if len(set(names)) > 1:
        raise ContractError(f"a request body is chosen by {' and by '.join(names)}: use one discriminator")
    return names[0], {value: alternatives(document, {"$ref": reference}) for value, reference in references.items()}


def _discriminator(schema: Node) -> str:
    """Return the property that chooses the variant; raise ContractError unless the mapping names all variants."""
    where = schema.get("title", "a request schema")
    if "discriminator" not in schema:
        raise ContractError(f"{where}: variants need a discriminator")
    if {branch.get("$ref") for branch in branches(schema)} != set(schema["discriminator"]["mapping"].values()):
        raise ContractError(f"{where}: variants and mapping must name the same schemas")
    return str(schema["discriminator"]["propertyName"])


def _leaf(schema: Node, path: _Path) -> Variant:
    variant = _variant(schema, path)
    check_engine(variant.roles, _name(schema))
    return variant


def _variant(schema: Node, path: _Path) -> Variant:
    if schema.get("type") != "object" or "properties" not in schema:
        raise ContractError(f"{_name(schema)}: a variant is an object with properties")
    unknown = {key for key in schema if key not in _UNDERSTOOD and not key.startswith("x-")}
    if unknown:
        raise ContractError(f"{_name(schema)}: {', '.join(sorted(unknown))} is not understood")
    needed = frozenset(schema.get("required", []))
    properties = schema["properties"]
    return Variant(
        properties,
        missing={
            name: required(name, path.condition(name), next(iter(each.get("x-rules", ())), None))
            for name, each in properties.items()
            if name in needed
        },
        validator=Draft202012Validator({"type": "object", "properties": properties, "required": sorted(needed)}),
        scalars={name: each["type"] for name, each in properties.items() if each.get("type") in _SCALARS},
        files=frozenset(name for name, each in properties.items() if each.get("format") == "binary"),
        closed=frozenset(name for name, each in properties.items() if choices(each)),
        roles=compile_roles(properties, _name(schema)),
        rules=tuple(schema.get("x-rules", ())),
    )


def choices(schema: Node) -> list[Any]:
    """Return the only values that a property accepts, none if it accepts others."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _name(schema: Node) -> str:
    return str(schema.get("title", "a request schema"))


def _common(document: Node, discriminator: str, targets: Mapping[str, Node], path: _Path) -> Variant:
    """Return the variant with the properties that all leaves share, and the values of the discriminator."""
    leaves = [leaf for target in targets.values() for leaf in _leaves(document, target)]
    shared = reduce(lambda left, right: left & right, (leaf["properties"].keys() for leaf in leaves))
    first = leaves[0]["properties"]
    properties = {
        name: schema
        for name, schema in first.items()
        if name in shared and all(leaf["properties"][name] == schema for leaf in leaves)
    }
    chosen = {"type": "string", "enum": list(targets)}
    if role := first.get(discriminator, {}).get("x-role"):
        chosen["x-role"] = role
    needed = reduce(lambda left, right: left & right, (frozenset(leaf.get("required", [])) for leaf in leaves))
    properties = {discriminator: chosen, **properties}
    return _variant({"type": "object", "properties": properties, "required": needed & properties.keys()}, path)


def _leaves(document: Node, schema: Node) -> Iterator[Node]:
    if not branches(schema):
        yield inline(document, schema)
        return
    for branch in branches(schema):
        yield from _leaves(document, alternatives(document, branch))
