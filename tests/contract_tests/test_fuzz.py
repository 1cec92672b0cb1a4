from typing import Any

import jsonschema_rs
import pytest

from contract_tests import fuzz
from contract_tests.contract import load_contract

DOCUMENT = load_contract().document
SCHEMA = {"$ref": "#/components/schemas/GenerateRequest", "components": DOCUMENT["components"]}
VALID = {
    "image_generator": "dall-e",
    "image_number_of_images": 1,
    "description": "x",
    "size": "256x256",
    "quality": "hd",
}
STABLE = {
    "image_generator": "stablediffusion",
    "image_number_of_images": "2",
    "stable_description": "x",
    "type": "text-to-image",
    "image_resolution": "512x512",
}


def test_the_same_seed_gives_the_same_requests() -> None:
    assert list(fuzz.documented(DOCUMENT, 8, 3)) == list(fuzz.documented(DOCUMENT, 8, 3))


def test_documented_requests_are_valid_and_within_limits() -> None:
    valid = jsonschema_rs.Draft202012Validator(SCHEMA)
    bodies = [request for request in fuzz.documented(DOCUMENT, 20, 3) if not request.form]
    assert bodies
    for request in bodies:
        assert valid.is_valid(request.body)
        assert request.body["image_number_of_images"] == 1
        assert len(str(request.body)) < 2000


def test_undocumented_requests_are_invalid_in_every_reading() -> None:
    requests = list(fuzz.undocumented(DOCUMENT, 20, 3))
    assert requests
    assert all(fuzz.plainly_invalid(request.body) for request in requests)


@pytest.mark.parametrize(
    "body",
    [
        VALID,
        STABLE,
        {**VALID, "mood": None},
        {**VALID, "description": " x ", "unknown": []},
        {**VALID, "image_number_of_images": 1.5},
        {**STABLE, "type": "upscale", "image_src": "something"},
        {"image_generator": "ideogram", "image_number_of_images": 1, "description_ideogram": 5},
    ],
)
def test_what_a_lenient_service_takes_is_not_plainly_invalid(body: Any) -> None:
    assert not fuzz.plainly_invalid(body)


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        {},
        {**VALID, "image_generator": ["dall-e"]},
        {**VALID, "image_number_of_images": 0},
        {**VALID, "image_number_of_images": "many"},
        {**VALID, "description": " "},
        {**VALID, "size": "1x1"},
        {**STABLE, "type": "image-to-image"},
        {**STABLE, "image_resolution": None},
    ],
)
def test_what_lacks_something_is_plainly_invalid(body: Any) -> None:
    assert fuzz.plainly_invalid(body)
