"""The variant of the parameters that a request selects, and its findings."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from mock_server import resources
from mock_server.contract import ContractError, read_yaml
from mock_server.contract.parameters import Choice, Parameters, Variant, compile_parameters
from support.examples import examples

DOCUMENT = read_yaml(resources.DOCUMENT)
ENGINES = DOCUMENT["components"]["schemas"]["GenerateRequest"]["discriminator"]["mapping"]
SCHEMAS = DOCUMENT["components"]["schemas"]
FORM = compile_parameters(DOCUMENT, [{"$ref": "#/components/schemas/GenerateForm"}])
BODY = compile_parameters(DOCUMENT, [{"$ref": "#/components/schemas/GenerateRequest"}])

DALL_E = {
    "image_generator": "dall-e",
    "image_number_of_images": 1,
    "description": "a fox",
    "size": "512x512",
    "quality": "hd",
}
FROM_TEXT = {
    "image_generator": "stablediffusion",
    "image_number_of_images": 1,
    "stable_description": "a fox",
    "type": "text-to-image",
    "image_resolution": "512x512",
}
FROM_IMAGE = {**FROM_TEXT, "type": "image-to-image", "image_src": "bytes"}


def messages(fields: dict[str, Any], parameters: Parameters = FORM) -> dict[str, str]:
    return {each.field: each.message for each in parameters.pick(fields).check(fields)}


def without(fields: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in names}


def compiled(**schemas: Any) -> Parameters:
    return compile_parameters({"schemas": schemas}, [schemas["Body"]])


def shape(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def choice(name: str, **branches: str) -> dict[str, Any]:
    mapping = {value: f"#/schemas/{target}" for value, target in branches.items()}
    return {
        "oneOf": [{"$ref": target} for target in mapping.values()],
        "discriminator": {"propertyName": name, "mapping": mapping},
    }


@pytest.mark.parametrize("fields", [DALL_E, FROM_TEXT, FROM_IMAGE])
def test_a_valid_request_has_no_findings(fields: dict[str, Any]) -> None:
    assert messages(fields) == {}


def test_an_unknown_field_is_ignored() -> None:
    assert messages({**DALL_E, "colour": ["red"]}) == {}


def test_a_field_of_another_engine_is_ignored() -> None:
    assert messages({**DALL_E, "image_resolution": 3}) == {}


def test_a_missing_engine_is_reported_with_the_fields_that_every_engine_needs() -> None:
    assert messages({}) == {
        "image_generator": "The image generator field is required.",
        "image_number_of_images": "The image number of images field is required.",
    }


def test_an_unknown_engine_is_reported_with_the_known_ones() -> None:
    assert messages({**DALL_E, "image_generator": "dall-e-9"}) == {
        "image_generator": (f"The selected image generator is invalid. Choose one of: {', '.join(ENGINES)}.")
    }


@pytest.mark.parametrize("engine", [7, True, ["dall-e"], {"dall-e": 1}, 0.5])
def test_an_engine_that_is_not_a_string_is_reported_as_one_finding(engine: Any) -> None:
    found = FORM.pick({"image_generator": engine}).check({**DALL_E, "image_generator": engine})
    assert {each.field for each in found} == {"image_generator"}
    assert "The image generator field must be a string." in [each.message for each in found]


def test_an_unknown_engine_does_not_hide_errors_in_common_fields() -> None:
    found = messages({"image_generator": "unknown", "image_number_of_images": 0})
    assert found["image_number_of_images"] == "The image number of images field must be at least 1."


def test_a_field_of_one_engine_is_required_by_that_engine() -> None:
    assert messages(without(DALL_E, "size", "description")) == {
        "description": "The description field is required when image generator is dall-e.",
        "size": "The size field is required when image generator is dall-e.",
    }


def test_a_field_of_every_engine_is_required_without_a_condition() -> None:
    missing = without(DALL_E, "image_number_of_images")
    assert messages(missing) == {"image_number_of_images": "The image number of images field is required."}


def test_a_field_of_one_type_is_required_by_that_type() -> None:
    missing = without({**FROM_IMAGE, "type": "upscale"}, "image_src")
    assert messages(missing) == {"image_src": "The image src field is required when type is upscale."}


def test_a_field_of_every_type_of_an_engine_is_required_by_the_engine() -> None:
    assert messages(without(FROM_IMAGE, "stable_description")) == {
        "stable_description": "The stable description field is required when image generator is stablediffusion."
    }


def test_a_missing_inner_discriminator_is_required_by_the_outer_one() -> None:
    assert messages(without(FROM_TEXT, "type")) == {
        "type": "The type field is required when image generator is stablediffusion."
    }


def test_an_unknown_inner_discriminator_is_reported_with_the_values_of_every_branch() -> None:
    assert messages({**FROM_TEXT, "type": "outpaint"}) == {
        "type": ("The selected type is invalid. Choose one of: text-to-image, multi-prompt, image-to-image, upscale.")
    }


def test_an_unknown_inner_discriminator_does_not_hide_other_errors() -> None:
    found = messages({"image_generator": "stablediffusion", "type": "outpaint", "image_resolution": "big"})
    assert set(found) == {"image_number_of_images", "stable_description", "type", "image_resolution"}


def test_a_type_that_needs_an_upload_is_unknown_in_json() -> None:
    assert messages(FROM_IMAGE, BODY) == {
        "type": "The selected type is invalid. Choose one of: text-to-image, multi-prompt."
    }


def test_a_value_that_violates_its_schema_is_reported_with_the_expected_form() -> None:
    assert messages({**FROM_TEXT, "image_resolution": "big", "image_number_of_images": "two"}) == {
        "image_number_of_images": "The image number of images field must be an integer.",
        "image_resolution": "The image resolution field format is invalid: expected the form of 512x512.",
    }


def test_findings_are_in_the_order_in_which_the_fields_are_declared() -> None:
    fields = {"mood": 3, "image_number_of_images": 0, "image_generator": "dall-e", "size": "1x1"}
    assert list(messages(fields)) == ["image_number_of_images", "description", "size", "quality", "mood"]


def test_the_order_of_findings_does_not_depend_on_the_request() -> None:
    fields = {"image_generator": "dall-e", "mood": 3, "image_style": 3, "size": "1x1"}
    backwards = dict(reversed(fields.items()))
    assert list(messages(fields)) == list(messages(backwards))


def test_a_variant_knows_its_files() -> None:
    variant = FORM.pick(FROM_IMAGE)
    assert "image_src" in variant.files
    assert "stable_description" not in variant.files
    assert "nothing" not in variant.files
    assert "image_src" not in FORM.pick(FROM_TEXT).files


def test_a_variant_knows_its_scalars() -> None:
    variant = FORM.pick(DALL_E)
    assert "image_number_of_images" in variant.scalars
    assert "description" not in variant.scalars
    assert "nothing" not in variant.scalars


def test_a_schema_without_variants_is_one_variant() -> None:
    parameters = compiled(Body=shape("name", name={"type": "string"}))
    assert isinstance(parameters, Variant)
    assert messages({}, parameters) == {"name": "The name field is required."}


def test_only_properties_with_the_same_schema_in_all_variants_are_common() -> None:
    kind = {"type": "string"}
    parameters = compiled(
        Body=choice("kind", a="A", b="B"),
        A=shape("kind", "same", "like", kind=kind, same={"type": "integer"}, like={"minimum": 1}, own={}),
        B=shape("kind", "same", "like", kind=kind, same={"type": "integer"}, like={"minimum": 2}),
    )
    assert isinstance(parameters, Choice)
    assert list(parameters.common.properties) == ["kind", "same"]
    assert parameters.common.missing.keys() == {"kind", "same"}


def test_the_innermost_choice_is_named_in_three_levels() -> None:
    text = {"type": "string"}
    parameters = compiled(
        Body=choice("a", x="Middle", y="Other"),
        Middle=choice("b", x="Inner"),
        Inner=choice("c", x="One", y="Two"),
        Other=shape("a", a=text),
        One=shape("a", "b", "c", "deep", a=text, b=text, c=text, deep=text),
        Two=shape("a", "b", "c", a=text, b=text, c=text),
    )
    assert messages({"a": "x", "b": "x", "c": "x"}, parameters) == {"deep": "The deep field is required when c is x."}
    assert messages({"a": "x"}, parameters) == {
        "b": "The b field is required when a is x.",
        "c": "The c field is required when a is x.",
    }


def test_variants_without_a_discriminator_are_refused() -> None:
    with pytest.raises(ContractError, match=r"^Things: variants need a discriminator$"):
        compiled(Body={"title": "Things", "oneOf": [shape()]})


@pytest.mark.parametrize("schema", [{"title": "Text", "type": "string"}, {"title": "Text", "type": "object"}])
def test_a_variant_must_be_an_object_with_properties(schema: dict[str, Any]) -> None:
    with pytest.raises(ContractError, match="a variant is an object with properties"):
        compiled(Body=schema)


def test_a_discriminator_with_a_dangling_reference_is_refused() -> None:
    with pytest.raises(ContractError, match="#/schemas/Missing points to nothing"):
        compiled(Body=choice("kind", a="Missing"))


def test_compiling_does_not_change_the_document() -> None:
    before = copy.deepcopy(SCHEMAS)
    compile_parameters(DOCUMENT, [SCHEMAS["GenerateForm"]])
    assert before == SCHEMAS


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 12),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.sampled_from(["dall-e", "stablediffusion", "ideogram", "upscale", "multi-prompt", "64x64", "512x512", "hd"]),
)
NAMES = [*dict.fromkeys([*DALL_E, *FROM_IMAGE, "mood", "description_ideogram", "unknown"])]


@st.composite
def requests(draw: Callable[..., Any]) -> dict[str, Any]:
    fields: dict[str, Any] = dict(draw(st.sampled_from([{}, DALL_E, FROM_TEXT, FROM_IMAGE])))
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=4)):
        fields[name] = draw(VALUES)
    for name in draw(st.lists(st.sampled_from(NAMES), max_size=2)):
        fields.pop(name, None)
    return fields


@pytest.mark.parametrize(("parameters", "name"), [(FORM, "GenerateForm"), (BODY, "GenerateRequest")])
def test_a_request_has_findings_exactly_when_the_schema_rejects_it(parameters: Parameters, name: str) -> None:
    whole = Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})

    @settings(max_examples=examples(300), deadline=None)
    @given(requests())
    def agrees(fields: dict[str, Any]) -> None:
        if name == "GenerateForm":  # a form carries texts, of which some are numbers
            fields = {each: value if "number" in each else str(value) for each, value in fields.items()}
        assert (parameters.pick(fields).check(fields) == []) == whole.is_valid(fields)

    agrees()


@settings(max_examples=examples(200), deadline=None)
@given(requests())
def test_a_finding_is_a_sentence_about_a_declared_field(fields: dict[str, Any]) -> None:
    variant = FORM.pick(fields)
    for each in variant.check(fields):
        assert each.field in variant.properties
        assert each.field.replace("_", " ") in each.message
        assert each.message.startswith("The ")
        assert each.message.endswith(".")


def test_a_variant_that_the_mapping_leaves_out_is_refused() -> None:
    schemas = {"Lost": shape("kind", kind={"type": "string"}), "Kept": shape("kind", kind={"type": "string"})}
    node = choice("kind", kept="Kept")
    node["oneOf"] = [*node["oneOf"], {"$ref": "#/schemas/Lost"}]
    with pytest.raises(ContractError, match="must name the same schemas"):
        compile_parameters({"schemas": schemas}, [node])


def test_an_unsupported_keyword_of_a_variant_is_refused() -> None:
    with pytest.raises(ContractError, match="dependentRequired is not understood"):
        compile_parameters({}, [{**shape("a", a={"type": "string"}), "dependentRequired": {"a": ["b"]}}])


def test_a_nested_error_is_reported_by_the_outer_field() -> None:
    parameters = compile_parameters({}, [shape("tags", tags={"type": "array", "items": {"type": "string"}})])
    assert messages({"tags": [1]}, parameters) == {"tags": "The tags field is invalid inside."}
