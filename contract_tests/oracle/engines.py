"""The engines of the document: the parameters of each, and their roles (x-role)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contract_tests.oracle import resources

Node = Mapping[str, Any]
Fields = Mapping[str, Any]

_GENERATE = "generateImage"
_FORM = "multipart/form-data"
_SELECTING = ("engine", "type")


@dataclass(frozen=True)
class Engine:
    """One schema of a generation request.

    documented: False if its parameters are assumed. form: whether only a form can carry it. queues: whether it may
    answer before its pictures are ready [QUEUED].
    """

    properties: Mapping[str, Node]
    required: frozenset[str]
    documented: bool
    form: bool
    queues: bool = False

    def role(self, role: str) -> str | None:
        """Return the name of the property with that role, None if the schema has none."""
        return next((name for name, schema in self.properties.items() if schema.get("x-role") == role), None)

    @property
    def name(self) -> str:
        """The value that selects the engine."""
        return str(choices(self.properties[self.role("engine") or ""])[0])

    @property
    def prompt(self) -> str:
        """The name of the property with the prompt."""
        return self.role("prompt") or ""

    @property
    def count(self) -> str:
        """The name of the property with the number of images."""
        return self.role("count") or ""

    @property
    def modifiers(self) -> list[str]:
        """The names of the properties that modify the prompt."""
        return [name for name, schema in self.properties.items() if schema.get("x-role") == "modifier"]

    @property
    def needs_source(self) -> bool:
        """Whether it works from an uploaded image."""
        return self.role("source") in self.required

    def selected_by(self, fields: Fields) -> bool:
        """Return whether the fields select this schema, by engine and type."""
        chosen = {name: choices(node) for name, node in self.properties.items() if node.get("x-role") in _SELECTING}
        return all(text(fields.get(name)) in map(str, values) for name, values in chosen.items() if values)

    def size(self, fields: Fields) -> str | None:
        """Return the requested WIDTHxHEIGHT of the picture, None if the fields do not specify it."""
        name = None if self.needs_source else self.role("size")
        return str(fields[name]) if name and name in fields else None

    def sample(self, prompt: str) -> dict[str, Any]:
        """Return a request with the required parameters: the first example or choice of each, and one image."""
        names = [name for name in self.properties if name in self.required]
        return {name: prompt if name == self.prompt else _example(self.properties[name]) for name in names}

    def modified(self, fields: Fields) -> dict[str, Any]:
        """Return the request with every modifier of the engine."""
        return {**fields, **{name: _example(self.properties[name]) for name in self.modifiers}}

    def samples(self, prompt: str) -> Iterator[dict[str, Any]]:
        """Yield the sample, then the same in every other size that the document lists."""
        first, size = self.sample(prompt), self.role("size") or ""
        yield first
        for other in choices(self.properties[size]) if size else ():
            if other != first.get(size):
                yield {**first, size: other}


@cache
def load_engines() -> tuple[Engine, ...]:
    """Return the engines of the document, in its order; an engine with several types has several schemas."""
    return compile_engines(resources.load_yaml(resources.openapi("openapi.yaml")))


def never_queues(name: str) -> bool:
    """Return whether an engine always answers with its pictures, so that a sort puts it behind those that may queue."""
    return not any(each.queues for each in load_engines() if each.name == name)


def compile_engines(document: Node) -> tuple[Engine, ...]:
    """Return the schemas that a generation request can have, each once, whatever media types carry it."""
    nodes = [node for item in document["paths"].values() for node in item.values() if isinstance(node, dict)]
    generate = next(node for node in nodes if node.get("operationId") == _GENERATE)
    content = resources.resolve(document, generate["requestBody"])["content"]
    found: dict[str, Engine] = {}
    for media_type in sorted(content, key=_FORM.__eq__):  # JSON first: the rest is what only a form can carry
        for name, schema in _leaves(document, content[media_type]["schema"], ""):
            if name not in found:
                found[name] = _engine(document, schema, form=media_type == _FORM)
    # In the order of the document again: its first engine is the one of most requests (samples.FIELDS).
    order = list(document.get("components", {}).get("schemas", {}))
    return tuple(found[name] for name in sorted(found, key=lambda name: order.index(name) if name in order else 0))


def engine_of(fields: Fields) -> Engine | None:
    """Return the schema that a request selects, None if there is none."""
    return next((engine for engine in load_engines() if engine.selected_by(fields)), None)


def count_field() -> str:
    """Return the name of the parameter with the number of images."""
    return load_engines()[0].count


def engine_field() -> str:
    """Return the name of the parameter that selects the engine."""
    return load_engines()[0].role("engine") or ""


def size_fields() -> frozenset[str]:
    """Return the names of the parameters with the size of a picture."""
    return frozenset(name for engine in load_engines() if (name := engine.role("size")))


def listed_sizes() -> tuple[str, ...]:
    """Return every size that the document lists."""
    named = [engine.properties[name] for engine in load_engines() if (name := engine.role("size"))]
    return tuple(dict.fromkeys(str(size) for node in named for size in choices(node)))


def listed_size(fields: Fields) -> str | None:
    """Return the size of a request, if it is one of those that the document lists."""
    engine = engine_of(fields)
    name = (engine.role("size") if engine else None) or ""
    return str(fields[name]) if engine and name in fields and choices(engine.properties[name]) else None


def source_field() -> str:
    """Return the name of the parameter with the uploaded image."""
    return next(name for engine in load_engines() if (name := engine.role("source")))


def open_sizes() -> frozenset[str]:
    """Return the names of the parameters with a size of which the document lists no values."""
    sizes = ((engine, engine.role("size")) for engine in load_engines())
    return frozenset(name for engine, name in sizes if name and "enum" not in engine.properties[name])


def prompt_of(fields: Fields) -> Any:
    """Return the prompt of a request that selects an engine."""
    engine = engine_of(fields)
    assert engine is not None
    return fields[engine.prompt]


def modifiers_of(fields: Fields) -> list[str]:
    """Return the modifiers in a request, which a service may append to the prompt [IMG-INPUT]."""
    engine = engine_of(fields)
    return [name for name in engine.modifiers if fields.get(name)] if engine else []


def with_prompt(fields: Fields, prompt: str) -> dict[str, Any]:
    """Return the request with another prompt."""
    engine = engine_of(fields)
    assert engine is not None
    return {**fields, engine.prompt: prompt}


def with_count(fields: Fields, count: int | str) -> dict[str, Any]:
    """Return the request for `count` images."""
    return {**fields, count_field(): count}


def with_engine(fields: Fields, name: str) -> dict[str, Any]:
    """Return the request with another engine."""
    return {**fields, engine_field(): name}


def finest(fields: Fields) -> dict[str, Any]:
    """Return the request with the last value of each choice about quality, high definition for example."""
    engine = engine_of(fields)
    assert engine is not None
    choices = {name: schema["enum"] for name, schema in engine.properties.items() if "enum" in schema}
    free = {name: values for name, values in choices.items() if "x-role" not in engine.properties[name]}
    return {**fields, **{name: values[-1] for name, values in free.items() if name in fields}}


def most_expensive(fields: Fields) -> dict[str, Any]:
    """Return the request in the best quality and the largest size that the document lists."""
    engine = engine_of(fields)
    size = engine.role("size") if engine else None
    sizes = choices(engine.properties[size]) if engine and size else []
    return {**finest(fields), **({size: max(sizes, key=_pixels)} if size and sizes else {})}


def _pixels(size: str) -> int:
    width, _, height = size.partition("x")
    return int(width) * int(height)


def choices(schema: Node) -> list[Any]:
    """Return the only values of a parameter, none if it has others."""
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def text(value: Any) -> str:
    """Return a value as a form would carry it, trimmed."""
    return value.strip() if isinstance(value, str) else str(value)


def alternatives(schema: Node) -> list[Node]:
    """Return the alternatives of a schema, none if it describes one value. A form lists its fields beside them."""
    parts = [schema, *schema.get("allOf", ())]
    return [branch for part in parts for branch in (*part.get("oneOf", ()), *part.get("anyOf", ()))]


def _leaves(document: Node, node: Node, name: str) -> Iterator[tuple[str, Node]]:
    # The name identifies a schema, which both media types may refer to.
    name = str(node.get("$ref", name)).rpartition("/")[2]
    schema = resources.resolve(document, node)
    branches = alternatives(schema)
    if not branches:
        yield name or str(schema.get("title", "")), schema
    for branch in branches:
        yield from _leaves(document, branch, name)


def _engine(document: Node, schema: Node, *, form: bool) -> Engine:
    properties = {name: resources.resolve(document, node) for name, node in schema["properties"].items()}
    documented = schema.get("x-source", "doc") == "doc"
    queues = "QUEUED" in schema.get("x-rules", ())
    return Engine(properties, frozenset(schema.get("required", ())), documented, form, queues)


def _example(schema: Node) -> Any:
    examples = schema.get("examples") or ([schema["example"]] if "example" in schema else choices(schema))
    if examples:
        return examples[0]
    if schema.get("type") == "boolean":
        return True
    return max(1, schema.get("minimum", 1)) if schema.get("type") in {"integer", "number"} else "calm"
