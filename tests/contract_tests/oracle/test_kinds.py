from typing import Any

import pytest

from contract_tests.oracle.kinds import ANY_UPLOAD, REAL_IMAGE, Kind, kind_of

DALL_E = {
    "image_generator": "dall-e",
    "image_number_of_images": 1,
    "description": "A lighthouse at dusk",
    "size": "256x256",
    "quality": "hd",
}
STABLE = {
    "image_generator": "stablediffusion",
    "image_number_of_images": 1,
    "stable_description": "A lighthouse at dusk",
    "type": "text-to-image",
    "image_resolution": "512x512",
}
FLUX = {"image_generator": "flux-pro", "image_number_of_images": 1, "description_flux_pro": "A lighthouse at dusk"}
FROM_IMAGE = {**STABLE, "type": "upscale"}


def without(parameters: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in parameters.items() if key != name}


@pytest.mark.parametrize(
    "parameters",
    [
        DALL_E,
        STABLE,
        FLUX,
        {**DALL_E, "image_style": "vivid", "image_lighting": "golden hour", "mood": "calm"},
        {**STABLE, "type": "multi-prompt", "negative_prompt": "text, watermark"},
        {**FROM_IMAGE, "image_src": REAL_IMAGE},
    ],
)
def test_documented_parameters(parameters: Any) -> None:
    assert kind_of(parameters) is Kind.DOCUMENTED
    as_form = {**parameters, "image_number_of_images": "1"}
    assert kind_of(as_form, one="1") is Kind.DOCUMENTED
    assert kind_of(as_form) is Kind.OPEN


@pytest.mark.parametrize(
    "parameters",
    [
        {**DALL_E, "mood": None},
        {**DALL_E, "mood": "a mood of one's own"},
        {**DALL_E, "unknown": []},
        {**DALL_E, "description": " x "},
        {**DALL_E, "description": " "},
        {**DALL_E, "description": "Ünïcödé"},
        {**DALL_E, "image_number_of_images": 1.5},
        {**DALL_E, "image_number_of_images": True},
        {**DALL_E, "image_number_of_images": 2},
        {**DALL_E, "image_number_of_images": "2 images"},
        {**DALL_E, "description": "\u00a0"},
        {**STABLE, "image_resolution": "640x640"},
        {**STABLE, "image_src": REAL_IMAGE},
        {**FROM_IMAGE, "image_src": ANY_UPLOAD},
        {**FLUX, "image_generator": "flux-pro-kontext"},
        {**FLUX, "description_flux_pro": 5},
    ],
)
def test_parameters_that_a_service_can_accept_or_refuse(parameters: Any) -> None:
    assert kind_of(parameters) is Kind.OPEN


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {**DALL_E, "image_generator": ["dall-e"]},
        {**DALL_E, "image_number_of_images": 0},
        {**DALL_E, "image_number_of_images": "many"},
        {**DALL_E, "image_number_of_images": "0"},
        {**DALL_E, "image_number_of_images": "-1"},
        {**DALL_E, "image_number_of_images": [1]},
        {**DALL_E, "description": None},
        {**DALL_E, "size": "1x1"},
        without(DALL_E, "quality"),
        without(STABLE, "type"),
        {**STABLE, "type": "painting"},
        {**STABLE, "image_resolution": None},
        {**FROM_IMAGE, "image_resolution": None},
        without(FLUX, "description_flux_pro"),
    ],
)
def test_parameters_that_are_invalid_in_every_reading(parameters: Any) -> None:
    assert kind_of(parameters) is Kind.INVALID


@pytest.mark.parametrize("source", [{}, {"image_src": ""}, {"image_src": None}])
def test_parameters_without_the_source_image(source: Any) -> None:
    assert kind_of({**FROM_IMAGE, **source}) is Kind.WITHOUT_SOURCE


@pytest.mark.parametrize("parameters", [None, [], "text", 5])
def test_unreadable_parameters(parameters: Any) -> None:
    assert kind_of(parameters) is Kind.UNREADABLE
