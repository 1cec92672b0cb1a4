"""The document, compared with itself and with the rules."""

import copy
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from support.examples import examples

FOLDER = Path(__file__).parent.parent / "openapi"
DOCUMENT: dict[str, Any] = yaml.safe_load((FOLDER / "openapi.yaml").read_text(encoding="utf-8"))
RULES: dict[str, Any] = yaml.safe_load((FOLDER / "rules.yaml").read_text(encoding="utf-8"))
RULE_IDS = [rule["id"] for rule in RULES["rules"]]

JSON = "application/json"
FORM = "multipart/form-data"

STATUSES = {
    "checkAvailability": {"200", "401", "409"},
    "getVersions": {"200", "401"},
    "generateImage": {"200", "401", "409", "419", "422", "429"},
    "getRecentImages": {"200", "401"},
}

OPERATIONS: dict[str, dict[str, Any]] = {
    operation["operationId"]: operation for item in DOCUMENT["paths"].values() for operation in item.values()
}


def resolved(node: Any) -> Any:
    while "$ref" in node:
        target: Any = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """Return a validator of a schema of the document; the library follows the references."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]}, validate_formats=True)


@cache
def request_validator(media: str) -> Draft202012Validator:
    return validator(OPERATIONS["generateImage"]["requestBody"]["content"][media]["schema"])


def request_examples(media: str) -> dict[str, Any]:
    examples = OPERATIONS["generateImage"]["requestBody"]["content"][media]["examples"]
    return {name: example["value"] for name, example in examples.items()}


REQUESTS = {(media, name): value for media in (JSON, FORM) for name, value in request_examples(media).items()}


def responses() -> Iterator[tuple[str, str, Any]]:
    for name, operation in OPERATIONS.items():
        yield from ((name, status, resolved(node)) for status, node in operation["responses"].items())
    yield from (("fallback", status, resolved(node)) for status, node in DOCUMENT["x-fallback-responses"].items())


REPLIES = {
    (owner, status, name): (response["content"][JSON]["schema"], example["value"])
    for owner, status, response in responses()
    for name, example in response["content"][JSON]["examples"].items()
}


def schemas_below(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key and value below a node, references followed."""
    if isinstance(node, dict):
        node = resolved(node)
        for key, value in node.items():
            yield key, value
            yield from schemas_below(value)
    if isinstance(node, list):
        for item in node:
            yield from schemas_below(item)


def alternatives(schema: Any) -> Any:
    """Return a schema, with the alternatives of the form's moved out of its `allOf`."""
    return {**resolved(schema), **resolved(schema).get("allOf", [{}])[0]}


def leaf(schema: Any, body: Mapping[str, Any]) -> Any:
    """Return the reference of the variant that the discriminators pick for a body."""
    while "discriminator" in alternatives(schema):
        discriminator = alternatives(schema)["discriminator"]
        schema = {"$ref": discriminator["mapping"][body[discriminator["propertyName"]]]}
    return schema


def leaves(schema: Any) -> list[Any]:
    branches = alternatives(schema).get("oneOf") or alternatives(schema).get("anyOf")
    return [found for branch in branches for found in leaves(branch)] if branches else [schema]


def request_schema(media: str) -> Any:
    return OPERATIONS["generateImage"]["requestBody"]["content"][media]["schema"]


def test_the_document_is_valid_openapi_3_1() -> None:
    assert list(OpenAPIV31SpecValidator(DOCUMENT).iter_errors()) == []


def test_a_broken_document_is_detected() -> None:
    broken = copy.deepcopy(DOCUMENT)
    del broken["info"]["title"]
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_the_document_has_the_four_documented_operations() -> None:
    found = {
        (method, path): node["operationId"] for path, item in DOCUMENT["paths"].items() for method, node in item.items()
    }
    assert found == {
        ("get", "/aiimage/check-availability"): "checkAvailability",
        ("get", "/aiimage/versions"): "getVersions",
        ("post", "/aiimage/generate-image"): "generateImage",
        ("get", "/aiimage/recent-images"): "getRecentImages",
    }


def test_the_service_has_the_documented_address() -> None:
    assert DOCUMENT["servers"][0]["url"] == "https://api.vell.ai/api/v1"


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_name_a_tag_a_summary_and_a_description(name: str) -> None:
    operation = OPERATIONS[name]
    assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}
    assert all(operation[key] for key in ("operationId", "tags", "summary", "description"))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_the_known_statuses_and_no_other(name: str) -> None:
    assert set(OPERATIONS[name]["responses"]) == STATUSES[name]


def test_every_call_needs_a_bearer_token() -> None:
    scheme = DOCUMENT["components"]["securitySchemes"]["bearerAuth"]
    assert DOCUMENT["security"] == [{"bearerAuth": []}]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert not any("security" in operation for operation in OPERATIONS.values())


def test_every_link_leads_to_an_operation() -> None:
    links = [link for _, _, response in responses() for link in response.get("links", {}).values()]
    assert len(links) >= 2
    assert {link["operationId"] for link in links} <= OPERATIONS.keys()


def test_every_reply_has_a_source() -> None:
    assert {response.get("x-source") for _, _, response in responses()} <= {"doc", "platform", "inferred", "assumed"}


def test_every_reply_has_an_example() -> None:
    assert {(owner, status) for owner, status, _ in REPLIES} == {(owner, status) for owner, status, _ in responses()}


@pytest.mark.parametrize("key", REPLIES, ids=" ".join)
def test_an_example_of_a_reply_fits_its_schema(key: tuple[str, str, str]) -> None:
    schema, value = REPLIES[key]
    validator(schema).validate(value)


@pytest.mark.parametrize("key", REPLIES, ids=" ".join)
def test_no_schema_of_a_reply_takes_just_anything(key: tuple[str, str, str]) -> None:
    schema, _ = REPLIES[key]
    assert not validator(schema).is_valid("text")


@pytest.mark.parametrize("key", REPLIES, ids=" ".join)
def test_a_reply_may_have_fields_beyond_those_shown(key: tuple[str, str, str]) -> None:
    schema, _ = REPLIES[key]
    below = list(schemas_below(schema))
    assert below
    assert not [key for key, value in below if key in ("additionalProperties", "unevaluatedProperties") and not value]


@pytest.mark.parametrize(("media", "name"), REQUESTS)
def test_an_example_of_a_request_fits_the_schema_of_its_body(media: str, name: str) -> None:
    request_validator(media).validate(REQUESTS[media, name])


@pytest.mark.parametrize(("media", "name"), REQUESTS)
def test_an_example_of_a_request_fits_its_engines_variant_and_no_other(media: str, name: str) -> None:
    body = REQUESTS[media, name]
    fitting = [each for each in leaves(request_schema(media)) if validator(each).is_valid(body)]
    assert fitting == [leaf(request_schema(media), body)]


@pytest.mark.parametrize("media", [JSON, FORM])
def test_every_variant_has_an_example(media: str) -> None:
    shown = [leaf(request_schema(media), body) for (kind, _), body in REQUESTS.items() if kind in (JSON, media)]
    assert all(each in shown for each in leaves(request_schema(media)))


@pytest.mark.parametrize("media", [JSON, FORM])
def test_the_discriminators_know_exactly_the_variants(media: str) -> None:
    for variant in leaves(request_schema(media)):
        properties = resolved(variant)["properties"]
        for value in properties.get("type", {"enum": [None]})["enum"]:
            for engine in properties["image_generator"]["enum"]:
                assert leaf(request_schema(media), {"image_generator": engine, "type": value}) == variant


@pytest.mark.parametrize("media", [JSON, FORM])
def test_the_engines_are_the_documented_five(media: str) -> None:
    assert list(alternatives(request_schema(media))["discriminator"]["mapping"]) == [
        "dall-e",
        "stablediffusion",
        "flux-pro",
        "ideogram",
        "flux-pro-kontext",
    ]


@pytest.mark.parametrize("media", [JSON, FORM])
def test_a_larger_number_of_images_and_a_longer_prompt_contradict_no_source(media: str) -> None:
    roles = [schema for _, schema in schemas_below(request_schema(media)) if isinstance(schema, dict)]
    limited = [resolved(schema) for schema in roles if resolved(schema).get("x-role") in {"count", "prompt"}]
    keywords = [key for schema in limited for key in schema]
    assert "minimum" in keywords
    assert not {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"} & set(keywords)


@pytest.mark.parametrize("media", [JSON, FORM])
def test_unknown_fields_of_a_request_are_ignored(media: str) -> None:
    for kind, name in REQUESTS:
        if kind == media:
            request_validator(media).validate({**REQUESTS[kind, name], "unknown": [1]})


def test_a_file_is_sent_only_in_a_form() -> None:
    formats = {media: [v for k, v in schemas_below(request_schema(media)) if k == "format"] for media in (JSON, FORM)}
    assert formats[JSON] == []
    assert set(formats[FORM]) == {"binary"}


def test_every_variant_of_a_json_body_is_one_of_the_forms_too() -> None:
    assert all(variant in leaves(request_schema(FORM)) for variant in leaves(request_schema(JSON)))


def test_a_form_lists_the_fields_of_every_variant_as_texts_without_limits() -> None:
    form = DOCUMENT["components"]["schemas"]["GenerateForm"]
    variants = [resolved(each) for each in leaves(request_schema(FORM))]
    assert set(form["properties"]) == {name for each in variants for name in each["properties"]}
    assert set(form["required"]) == set.intersection(*(set(each["required"]) for each in variants))
    limits = {name: set(schema) - {"description"} for name, schema in form["properties"].items()}
    assert limits.pop("image_number_of_images") == {"$ref"}  # in every variant the same
    assert limits.pop("image_src") == {"type", "format"}
    assert all(keywords == {"type"} for keywords in limits.values())


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.lists(st.text(max_size=3), max_size=2),
    st.sampled_from(["dall-e", "stablediffusion", "flux-pro", "image-to-image", "upscale", "512x512", "hd"]),
)
FIELDS = sorted(
    {name for each in leaves({"$ref": "#/components/schemas/GenerateForm"}) for name in resolved(each)["properties"]}
)


@st.composite
def mutated(draw: Callable[..., Any]) -> dict[str, Any]:
    """An example of a request, some fields of it replaced, removed or added."""
    body = dict(draw(st.sampled_from(list(REQUESTS.values()))))
    for name in draw(st.lists(st.sampled_from([*FIELDS, "unknown"]), max_size=3)):
        if draw(st.booleans()):
            body[name] = draw(VALUES)
        else:
            body.pop(name, None)
    return body


def carried(body: dict[str, Any], media: str) -> dict[str, Any]:
    """Return a body as a media type carries it: the fields of a form are texts, of which some are numbers."""
    if media == JSON:
        return body
    return {
        name: value if isinstance(value, int | float) and "number" in name else str(value)
        for name, value in body.items()
    }


@settings(max_examples=examples(300), deadline=None)
@given(mutated())
def test_a_valid_json_body_is_a_valid_form(body: dict[str, Any]) -> None:
    assume(request_validator(JSON).is_valid(body))
    assert request_validator(FORM).is_valid(carried(body, FORM))


@settings(max_examples=examples(300), deadline=None)
@given(mutated(), st.sampled_from([JSON, FORM]))
def test_the_variant_that_the_discriminators_pick_decides_alone(body: dict[str, Any], media: str) -> None:
    body = carried(body, media)
    try:
        picked = leaf(request_schema(media), body)
    except (KeyError, TypeError):
        assert not request_validator(media).is_valid(body)
    else:
        assert request_validator(media).is_valid(body) == validator(picked).is_valid(body)


@pytest.mark.parametrize("rule", RULES["rules"], ids=RULE_IDS)
def test_a_rule_names_the_operations_that_name_it(rule: dict[str, Any]) -> None:
    naming = {name for name, operation in OPERATIONS.items() if rule["id"] in operation["x-rules"]}
    assert naming
    assert set(rule["operations"]) == naming


def test_every_rule_named_in_the_document_exists() -> None:
    named = [rule for key, value in schemas_below(DOCUMENT) if key == "x-rules" for rule in value]
    assert len(named) > len(RULE_IDS)
    assert set(named) <= set(RULE_IDS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_names_the_rules_of_its_replies(name: str) -> None:
    of_replies = {rule for owner, _, response in responses() if owner == name for rule in response.get("x-rules", [])}
    assert of_replies
    assert of_replies <= set(OPERATIONS[name]["x-rules"])
