"""Roles of the properties of a request schema."""

from typing import Any

import pytest

from mock_server import resources
from mock_server.contract import ContractError, compile_contract, read_yaml
from mock_server.contract.parameters import compile_parameters
from mock_server.contract.roles import Roles, parse_size

CONTRACT = compile_contract(read_yaml(resources.DOCUMENT))
TEXT = {"type": "string"}
ENGINE = {"engine": {**TEXT, "x-role": "engine"}, "n": {"type": "integer", "x-role": "count"}}
PROMPT = {"words": {**TEXT, "x-role": "prompt"}}


def roles(**properties: Any) -> Roles:
    schema = {"title": "Some engine", "type": "object", "properties": properties}
    return compile_parameters({}, [schema]).roles


def refusal(**properties: Any) -> str:
    with pytest.raises(ContractError) as raised:
        roles(**properties)
    return str(raised.value)


def test_a_schema_without_roles_is_not_an_engine() -> None:
    assert roles(name=TEXT) == Roles()


def test_a_role_does_not_depend_on_the_name_of_the_property() -> None:
    found = roles(
        **ENGINE,
        **PROMPT,
        area={**TEXT, "x-role": "size"},
        how={**TEXT, "x-role": "type"},
        base={**TEXT, "format": "binary", "x-role": "source"},
        light={**TEXT, "x-role": "modifier"},
        feel={**TEXT, "x-role": "modifier"},
    )
    assert found == Roles("engine", "n", "words", "area", "how", "base", ("light", "feel"))


def test_every_engine_of_the_document_has_its_roles() -> None:
    (generate,) = (each for each in CONTRACT.operations if each.id == "generateImage")
    assert generate.parameters
    assert generate.parameters.roles.engine == "image_generator"
    for variant in generate.parameters.variants():
        assert variant.roles.prompt in variant.missing
        assert variant.roles.count == "image_number_of_images"
        assert (variant.roles.source is not None) == bool(variant.files)


@pytest.mark.parametrize("missing", ["prompt", "count"])
def test_an_engine_without_a_required_role_is_refused(missing: str) -> None:
    properties = {name: schema for name, schema in {**ENGINE, **PROMPT}.items() if schema["x-role"] != missing}
    assert refusal(**properties) == f"Some engine: the schema of an engine needs a property with x-role: {missing}"


def test_an_unknown_role_is_refused() -> None:
    assert refusal(a={**TEXT, "x-role": "colour"}) == (
        "Some engine: a has the unknown x-role 'colour'; use engine, count, prompt, size, type, source or modifier"
    )


def test_a_duplicate_role_is_refused() -> None:
    duplicate = {"a": {**TEXT, "x-role": "prompt"}, "b": {**TEXT, "x-role": "prompt"}}
    assert refusal(**duplicate) == "Some engine: a and b both have the x-role prompt"


def test_an_invalid_size_is_refused() -> None:
    size = {**TEXT, "x-role": "size", "enum": ["640x480", "16:9"]}
    assert refusal(**ENGINE, **PROMPT, area=size) == "Some engine: area offers 16:9, which is not WIDTHxHEIGHT"


def test_a_role_may_stand_beside_a_reference() -> None:
    document = {"schemas": {"Words": {**TEXT, "minLength": 1}}}
    schema = {"type": "object", "properties": {"words": {"$ref": "#/schemas/Words", "x-role": "prompt"}}}
    variant = compile_parameters(document, [schema])
    assert variant.roles.prompt == "words"
    assert [each.code for each in variant.pick({}).check({"words": ""})] == ["minLength"]


@pytest.mark.parametrize(
    ("text", "size"),
    [("640x480", (640, 480)), ("1x1", (1, 1)), ("0x1", None), ("640", None), ("640X480", None), ("\u0661x1", None)],
)
def test_a_size_is_width_x_height(text: str, size: tuple[int, int] | None) -> None:
    assert parse_size(text) == size


def test_a_side_with_too_many_digits_is_capped() -> None:
    assert parse_size("9" * 5000 + "x1") == (10**18 - 1, 1)
