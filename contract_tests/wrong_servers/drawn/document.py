"""The requests that the document describes, as one table: an engine and a type select a form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contract_tests.oracle import resources

Node = Mapping[str, Any]
_GENERATE = "/aiimage/generate-image"


@dataclass(frozen=True)
class Form:
    """The parameters of an engine, by their role in the document.

    queues: whether it may answer early [QUEUED]. described: whether the documentation gives its parameters.
    """

    engine: str
    types: tuple[str, ...]
    prompt: str
    size: str | None
    choices: Mapping[str, tuple[str, ...]]
    modifiers: tuple[str, ...]
    required: frozenset[str]
    source: str | None
    queues: bool
    described: bool

    @property
    def needs_source(self) -> bool:
        return self.source in self.required


@cache
def forms() -> tuple[Form, ...]:
    """Return every form that JSON or a multipart body can carry."""
    document = resources.load_yaml(resources.openapi("openapi.yaml"))
    content = document["paths"][_GENERATE]["post"]["requestBody"]["content"]
    found = {name: form for media in content.values() for name, form in _forms(document, media["schema"])}
    return tuple(found.values())


def engines() -> tuple[str, ...]:
    """Return the name of every engine, each once."""
    return tuple(dict.fromkeys(form.engine for form in forms()))


def described() -> tuple[str, ...]:
    """Return the engines whose parameters the documentation gives."""
    return tuple(dict.fromkeys(form.engine for form in forms() if form.described))


def queueing() -> tuple[str, ...]:
    """Return the engines that may answer before their pictures are ready [QUEUED]."""
    return tuple(dict.fromkeys(form.engine for form in forms() if form.queues))


def listed_sizes() -> tuple[str, ...]:
    """Return the sizes that the document lists."""
    return tuple(size for form in forms() for size in form.choices.get(form.size or "", ()))


def _forms(document: Node, schema: Node) -> Iterator[tuple[str, Form]]:
    name = schema.get("$ref", "")
    node = resources.resolve(document, schema)
    parts = [node, *node.get("allOf", ())]
    variants = [each for part in parts for each in (*part.get("oneOf", ()), *part.get("anyOf", ()))]
    for variant in variants:
        yield from _forms(document, variant)
    if not variants:
        yield name, _form(document, node)


def _form(document: Node, node: Node) -> Form:
    properties = {name: resources.resolve(document, each) for name, each in node["properties"].items()}
    named = {each.get("x-role"): name for name, each in properties.items()}
    choices = {name: tuple(each["enum"]) for name, each in properties.items() if "enum" in each}
    return Form(
        engine=choices.pop(named["engine"])[0],
        types=choices.pop(named["type"], ()) if "type" in named else (),
        prompt=named["prompt"],
        size=named.get("size"),
        choices=choices,
        modifiers=tuple(name for name, each in properties.items() if each.get("x-role") == "modifier"),
        required=frozenset(node.get("required", ())),
        source=named.get("source"),
        queues="QUEUED" in node.get("x-rules", ()),
        described=node.get("x-source", "doc") == "doc",
    )
