"""The use cases of the documentation without an upload, and refusals, with the Python client that openapi-generator
makes: use_cases.py BASE_URL, beside the package openapi_client. It prints a line for each call.
"""

import sys
from collections.abc import Callable
from typing import Any

import openapi_client
from openapi_client.models.generate_request import GenerateRequest

HERO = {"image_generator": "dall-e", "description": "A cloud", "size": "1024x1024", "quality": "hd"}
CROP = {"image_generator": "stablediffusion", "stable_description": "A cloud", "type": "text-to-image"}


def call(token: str, name: str, send: Callable[[Any, Any], Any]) -> None:
    configuration = openapi_client.Configuration(host=sys.argv[1], access_token=token)
    with openapi_client.ApiClient(configuration) as client:
        try:
            reply = send(openapi_client.AvailabilityApi(client), openapi_client.ImagesApi(client))
        except openapi_client.ApiException as error:
            reply = error.status
        print(f"{name}: {reply}")


def order(**fields: Any) -> Any:
    return GenerateRequest.from_dict({"image_number_of_images": 1, **fields})


call("generated", "available", lambda checks, _: checks.check_availability().status)
call("generated", "hero", lambda _, images: images.generate_image(order(**HERO)).images[0].input)
for size in ("512x512", "768x1344"):
    crop = order(**CROP, image_resolution=size)
    call("generated", size, lambda _, images, crop=crop: len(images.generate_image(crop).images))
call("generated", "recent", lambda _, images: len(images.get_recent_images()))
call("generated", "invalid", lambda _, images: images.generate_image(order(**{**HERO, "image_number_of_images": 9999})))
for token in ("demo-busy", "demo-empty", "demo-limited", "demo-invalid"):
    call(token, token, lambda _, images: images.generate_image(order(**HERO)))
