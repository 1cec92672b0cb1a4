"""The validation errors that a client receives."""

from typing import Any

import pytest

from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

GENERATE = f"{PREFIX}/generate-image"
STABLE: dict[str, Any] = {
    "image_generator": "stablediffusion",
    "stable_description": "A teapot",
    "type": "text-to-image",
    "image_resolution": "64x48",
    "image_number_of_images": 1,
}


def errors(mock: Mock, fields: dict[str, Any]) -> dict[str, list[str]]:
    reply = mock.call("POST", GENERATE, json=fields)
    assert reply.status_code == 422, reply.text
    body = reply.json()
    assert body["message"] == next(iter(body["errors"].values()))[0]
    found: dict[str, list[str]] = body["errors"]
    return found


@pytest.mark.parametrize("missing", ["image_generator", "image_number_of_images", "description", "size", "quality"])
def test_a_missing_parameter_is_named(mock: Mock, missing: str) -> None:
    found = errors(mock, {name: value for name, value in DALL_E.items() if name != missing})
    assert list(found) == [missing]
    assert f"The {missing.replace('_', ' ')} field is required" in found[missing][0]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("image_generator", "midjourney", "Choose one of: dall-e, stablediffusion, "),
        ("image_generator", ["dall-e"], "must be a string"),
        ("image_number_of_images", 0, "must be at least 1"),
        ("image_number_of_images", 1.5, "must be an integer"),
        ("image_number_of_images", "1", "must be an integer"),
        ("image_number_of_images", True, "must be an integer"),
        ("image_number_of_images", 11, "must not be greater than 10"),
        ("image_number_of_images", 10**30, "must not be greater than 10"),
        ("size", "2048x2048", "Choose one of: 256x256,"),
        ("quality", "best", "Choose one of: standard, hd."),
        ("description", 3, "must be a string"),
        ("description", "x" * 4001, "must not be greater than 4000 characters"),
        ("mood", {"a": 1}, "must be a string"),
    ],
)
def test_an_invalid_parameter_is_named_with_its_valid_values(mock: Mock, field: str, value: Any, message: str) -> None:
    found = errors(mock, {**DALL_E, field: value})
    assert list(found) == [field]
    assert message in " ".join(found[field])


def test_all_findings_are_reported_in_the_order_of_the_document(mock: Mock) -> None:
    found = errors(mock, {"image_generator": "dall-e", "size": "1x1", "image_number_of_images": "many"})
    assert list(found) == ["image_number_of_images", "description", "size", "quality"]


@pytest.mark.parametrize("kind", ["image-to-image", "upscale"])
def test_a_type_with_a_source_needs_an_image_in_json_and_in_a_form(mock: Mock, kind: str) -> None:
    expected = {"image_src": [f"The image src field is required when type is {kind}."]}
    assert errors(mock, {**STABLE, "type": kind}) == expected
    form = {name: (None, str(value)) for name, value in {**STABLE, "type": kind}.items()}
    assert mock.call("POST", GENERATE, files=form).json()["errors"] == expected


def test_text_is_refused_as_a_file(mock: Mock) -> None:
    found = errors(mock, {**STABLE, "type": "upscale", "image_src": "https://example.com/a.png"})
    assert found == {"image_src": ["The image src field must be a file, sent as multipart/form-data."]}


def test_a_file_is_refused_as_text(mock: Mock) -> None:
    form = {name: (None, str(value)) for name, value in STABLE.items() if name != "stable_description"}
    reply = mock.call("POST", GENERATE, files={**form, "stable_description": ("a.txt", b"A teapot")})
    assert reply.json()["errors"] == {"stable_description": ["The stable description field must be a string."]}


@pytest.mark.parametrize("digits", ["1", "+1", "01", " 2 "])  # +1: FILTER_VALIDATE_INT of PHP
def test_a_number_in_a_form_is_parsed_from_its_digits(mock: Mock, digits: str) -> None:
    assert mock.call("POST", GENERATE, data={**DALL_E, "image_number_of_images": digits}).status_code == 200


@pytest.mark.parametrize("digits", ["1.0", "one", "-1", "0", "٣" * 25, "9" * 30, "1e0", "+-1", "+", "1_0"])
def test_an_invalid_number_in_a_form_is_named(mock: Mock, digits: str) -> None:
    reply = mock.call("POST", GENERATE, data={**DALL_E, "image_number_of_images": digits})
    assert list(reply.json()["errors"]) == ["image_number_of_images"]


def test_a_whole_float_is_an_integer(mock: Mock) -> None:
    assert len(mock.generate(image_number_of_images=2.0).json()["images"]) == 2


@pytest.mark.parametrize(
    ("resolution", "message"),
    [
        ("512", "expected the form of 512x512"),
        ("0x512", "expected the form of 512x512"),
        ("512x512\nx", "expected the form of 512x512"),
        ("99999x99999", "more than 16777216 pixels"),
        ("9" * 1000 + "x1", "more than 16777216 pixels"),
    ],
)
def test_an_impossible_resolution_is_named(mock: Mock, resolution: str, message: str) -> None:
    assert message in errors(mock, {**STABLE, "image_resolution": resolution})["image_resolution"][0]


def test_limits_are_settings(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_images=20, max_text_length=5)))
    assert list(errors(mock, {**DALL_E, "image_number_of_images": 20})) == ["description"]
    assert mock.generate(image_number_of_images=20, description="short").status_code == 200


def test_an_upload_beyond_the_limit_is_named(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_upload_bytes=100)))
    form = {name: (None, str(value)) for name, value in {**STABLE, "type": "upscale"}.items()}
    reply = mock.call("POST", GENERATE, files={**form, "image_src": ("a.png", b"x" * 101)})
    assert reply.json()["errors"] == {"image_src": ["The image src field must not be greater than 100 bytes."]}


@pytest.mark.parametrize(
    ("engine", "prompt"),
    [
        ("flux-pro", "description_flux_pro"),
        ("flux-pro-kontext", "description_flux_pro"),
        ("ideogram", "description_ideogram"),
    ],
)
def test_the_other_engines_take_a_prompt(mock: Mock, engine: str, prompt: str) -> None:
    fields = {"image_generator": engine, "image_number_of_images": 1}
    assert list(errors(mock, fields)) == [prompt]
    reply = mock.call("POST", GENERATE, json={**fields, prompt: "A crane"})
    assert reply.json()["images"][0]["input"] == "A crane"
