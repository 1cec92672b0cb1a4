"""The derived document is valid OpenAPI 3.0.3, and means the same."""

from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from openapi_spec_validator import OpenAPIV30SpecValidator

from mock_server import resources
from mock_server.cli import main
from mock_server.contract import ContractError, read_yaml
from mock_server.contract.openapi30 import to_openapi30


def printed(*flags: str) -> dict[str, Any]:
    done = CliRunner().invoke(main, ["spec", *flags])
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = yaml.safe_load(done.stdout)
    return document


@pytest.mark.parametrize("flags", [("--openapi", "3.0"), ("--openapi", "3.0", "--control")])
def test_it_is_valid(flags: tuple[str, ...]) -> None:
    document = printed(*flags)
    assert document["openapi"] == "3.0.3"
    assert [error.message for error in OpenAPIV30SpecValidator(document).iter_errors()] == []


# The alternatives of the form are left out, and only they refer to these.
UNUSED = {"StableDiffusionForm", "StableDiffusionFromImage"}


@pytest.mark.parametrize("path", [resources.DOCUMENT, resources.CONTROL], ids=lambda path: path.stem)
def test_no_operation_response_or_schema_is_lost_but_those_that_nothing_uses(path: Any) -> None:
    document = read_yaml(path)
    derived = to_openapi30(document)
    for name, item in document["paths"].items():
        assert derived["paths"][name].keys() == item.keys()
        for method in item.keys() & {"get", "put", "post", "patch", "delete"}:
            assert derived["paths"][name][method]["responses"].keys() == item[method]["responses"].keys()
    assert derived["components"].keys() == document["components"].keys()
    for kind, components in document["components"].items():
        assert derived["components"][kind].keys() == components.keys() - UNUSED


def test_the_form_is_the_first_media_type_of_a_body() -> None:
    bodies = (printed(*flags)["paths"]["/aiimage/generate-image"]["post"] for flags in ((), ("--openapi", "3.0")))
    new, derived = ([*each["requestBody"]["content"]] for each in bodies)
    assert derived == ["multipart/form-data", "application/json"] == new[::-1]


@pytest.mark.parametrize(
    ("schema", "derived"),
    [
        ({"const": "error", "type": "string"}, {"enum": ["error"], "type": "string"}),
        ({"type": ["string", "null"]}, {"nullable": True, "type": "string"}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "string"}, {"type": "integer"}]}),
        ({"examples": ["a", "b"]}, {"example": "a"}),
        ({"contentMediaType": "image/png"}, {"type": "string", "format": "binary"}),
        ({"contentMediaType": "image/png", "contentEncoding": "base64"}, {"type": "string", "format": "byte"}),
        ({"contentEncoding": "base64", "type": "string"}, {"type": "string", "format": "byte"}),
        ({"prefixItems": [{"type": "string"}], "items": False}, {"items": {"anyOf": [{"type": "string"}]}}),
        ({"exclusiveMinimum": 0}, {"exclusiveMinimum": True, "minimum": 0}),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, {"anyOf": [{"type": "string"}], "nullable": True}),
        ({"properties": {}, "allOf": [{"anyOf": [{}, {}]}], "discriminator": {}}, {"properties": {}}),
        ({"properties": {}, "allOf": [{"required": []}]}, {"properties": {}, "allOf": [{"required": []}]}),
        ({"allOf": [{"anyOf": [{}]}]}, {"allOf": [{"anyOf": [{}]}]}),
        ({"$ref": "#/a", "description": "more"}, {"$ref": "#/a"}),
        ({"properties": {"const": {"type": "string"}}}, {"properties": {"const": {"type": "string"}}}),
    ],
)
def test_a_keyword_is_written_as_in_3_0(schema: Any, derived: Any) -> None:
    document = {"info": {}, "components": {"schemas": {"A": schema}}}
    assert to_openapi30(document)["components"]["schemas"]["A"] == derived


def test_a_keyword_without_equivalent_is_refused() -> None:
    with pytest.raises(ContractError, match=r"OpenAPI 3\.0 has no patternProperties"):
        to_openapi30({"info": {}, "components": {"schemas": {"A": {"patternProperties": {}}}}})
