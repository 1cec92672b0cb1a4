"""The document in OpenAPI 3.0.3, derived from that in 3.1, for tools that do not read 3.1."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from .document import ContractError, read_yaml

VERSION = "3.0.3"
# Keywords of 3.1 that 3.0 cannot express.
_BEYOND = frozenset(
    {
        *("$defs", "contains", "dependentRequired", "dependentSchemas", "else"),
        *("if", "patternProperties", "propertyNames", "then", "unevaluatedItems"),
        *("unevaluatedProperties", "webhooks", "pathItems"),
    }
)
# Keys of data, which has no keywords.
_DATA = frozenset({"example", "enum", "value", "default", "mapping"})
# The first media type of a body, since many generators take the first alone, and a form carries every request.
_FORM = "multipart/form-data"
_SCHEMAS = "#/components/schemas/"
_ALTERNATIVES = frozenset({"anyOf", "oneOf"})
_NAMED = frozenset({"properties", "schemas", "responses", "parameters", "securitySchemes", "examples", "headers"})


def openapi30_text(path: Path) -> str:
    """Return the document in a file in OpenAPI 3.0.3, as YAML."""
    derived = to_openapi30(read_yaml(path))
    return yaml.dump(derived, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


class _Dumper(yaml.SafeDumper):
    """Writes no anchors: few readers of OpenAPI expect them."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def to_openapi30(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document in OpenAPI 3.0.3; raise ContractError on a keyword that it cannot express."""
    derived: dict[str, Any] = {**_node(document), "openapi": VERSION}
    derived["info"].pop("summary", None)
    derived["info"].get("license", {}).pop("identifier", None)
    for body in _request_bodies(derived):
        body["content"] = dict(sorted(body["content"].items(), key=lambda media: media[0] != _FORM))
    _drop_unused(derived, {*_references(document)})
    return derived


def _drop_unused(derived: dict[str, Any], used: set[str]) -> None:
    """Remove the schemas to which no reference is left. used: the references before."""
    schemas = derived.get("components", {}).get("schemas", {})
    left = {*_references(derived)}
    unused = [name for name in schemas if f"{_SCHEMAS}{name}" in used - left]
    for name in unused:
        del schemas[name]
    if unused:
        _drop_unused(derived, used)


def _references(node: Any) -> Iterator[str]:
    """Yield every text below a node that names a schema."""
    if isinstance(node, str) and node.startswith(_SCHEMAS):
        yield node
    elif isinstance(node, Mapping | list):
        for each in node.values() if isinstance(node, Mapping) else node:
            yield from _references(each)


def _request_bodies(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document.get("paths", {}).values():
        operations = (each for each in item.values() if isinstance(each, dict))
        yield from (each["requestBody"] for each in operations if "content" in each.get("requestBody", ()))


def _any(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _node(value)
    return [_any(each) for each in value] if isinstance(value, list) else value


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object of the document in 3.0."""
    found: dict[str, Any] = {}
    for key, value in node.items():
        if key in _BEYOND:
            raise ContractError(f"OpenAPI 3.0 has no {key}")
        if key in _DATA or key.startswith("x-"):
            found[key] = value
        elif key in _NAMED and isinstance(value, Mapping):
            found[key] = {name: _any(each) for name, each in value.items()}
        else:
            found[key] = _any(value)
    _change_schema(found)
    # In 3.0 everything beside a reference is ignored.
    return {"$ref": found["$ref"]} if "$ref" in found else found


def _change_schema(node: dict[str, Any]) -> None:
    """Change the keywords of a schema that 3.0 writes otherwise."""
    if "const" in node:
        node["enum"] = [node.pop("const")]
    if isinstance(node.get("examples"), list):
        node["example"] = node.pop("examples")[0]
    media, encoding = node.pop("contentMediaType", None), node.pop("contentEncoding", None)
    if media or encoding:
        node |= {"type": "string", "format": "byte" if encoding else "binary"}
    if places := node.pop("prefixItems", None):  # weaker: 3.0 cannot tell the places of an array apart
        rest = node.get("items")
        node["items"] = {"anyOf": [*places, *([rest] if isinstance(rest, dict) else [])]}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if not isinstance(node.get(exclusive, False), bool):
            node[bound], node[exclusive] = node[exclusive], True
    kinds = node.get("type")
    if isinstance(kinds, list):
        others = [kind for kind in kinds if kind != "null"]
        del node["type"]
        node |= {"nullable": True} if "null" in kinds else {}
        node |= {"type": others[0]} if len(others) == 1 else {"anyOf": [{"type": kind} for kind in others]}
    for several in ("anyOf", "oneOf"):
        _change_null(node, several)
    if node.get("type") == "array":
        node.setdefault("items", {})
    _change_alternatives(node)


def _change_alternatives(node: dict[str, Any]) -> None:
    """Leave out alternatives beside the properties: generators would take the last of several enums of a property."""
    parts = node.get("allOf")
    if "properties" in node and isinstance(parts, list) and len(parts) == 1 and parts[0].keys() <= _ALTERNATIVES:
        del node["allOf"]
        node.pop("discriminator", None)


def _change_null(node: dict[str, Any], several: str) -> None:
    """Write null, one of several schemas, as `nullable`."""
    schemas = node.get(several)
    if isinstance(schemas, list) and {"type": "null"} in schemas:
        node[several] = [each for each in schemas if each != {"type": "null"}]
        node["nullable"] = True
