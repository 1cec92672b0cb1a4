"""The use cases of the API's documentation with two clients that openapi-generator makes: for JSON, and for forms."""

import os
from typing import Any
from urllib.request import urlopen

import aiimage_form
import aiimage_json
from aiimage_json.models.dall_e_request import DallERequest
from aiimage_json.models.generate_request import GenerateRequest
from aiimage_json.models.stable_diffusion_request import StableDiffusionRequest

BASE_URL = os.environ.get("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1")


def connect(package: Any, token: str) -> Any:
    return package.ApiClient(package.Configuration(host=BASE_URL, access_token=token))


def hero(count: int = 1) -> GenerateRequest:
    fields = {"image_generator": "dall-e", "description": "A teapot", "size": "1024x1024", "quality": "hd"}
    return GenerateRequest(DallERequest(image_number_of_images=count, **fields))


def crop() -> GenerateRequest:
    fields = {"image_generator": "stablediffusion", "type": "text-to-image", "image_resolution": "512x512"}
    return GenerateRequest(
        StableDiffusionRequest(image_number_of_images=1, stable_description="A teapot, cropped", **fields)
    )


def main(token: str) -> None:
    client = connect(aiimage_json, token)
    images = aiimage_json.ImagesApi(client)
    print("available:", aiimage_json.AvailabilityApi(client).check_availability().message)

    (image,) = images.generate_image(hero()).images
    print("hero:", image.input)
    with urlopen(f"{BASE_URL.removesuffix('/api/v1')}/{image.output}") as picture:
        source = picture.read()

    forms = aiimage_form.ImagesApi(connect(aiimage_form, token))
    variation = forms.generate_image(
        image_generator="stablediffusion",
        image_number_of_images=1,
        stable_description="The same in blue",
        type="image-to-image",
        image_resolution="512x512",
        image_src=("hero.png", source),
        _content_type="multipart/form-data",  # else it prefers JSON
    )
    print("variation:", variation.images[0].input)
    print("crop:", images.generate_image(crop()).images[0].input)
    print("recent:", "; ".join(image.input for image in images.get_recent_images()))

    refused = {"invalid": token, "busy": "demo-busy", "credits": "demo-empty", "limit": "demo-limited"}
    for name, account in {**refused, "stranger": "demo-invalid"}.items():
        try:
            stranger = aiimage_json.ImagesApi(connect(aiimage_json, account))
            stranger.generate_image(hero(9999 if name == "invalid" else 1))
        except aiimage_json.ApiException as error:
            print(f"{name}:", error.status, error.data.message)


main(os.environ.get("AIIMAGE_TOKEN", "demo"))
