"""The use cases of the API's documentation with a client that openapi-python-client generates."""

import os
from http import HTTPStatus
from io import BytesIO
from urllib.request import urlopen

import httpx
from aiimage_sdk import AuthenticatedClient
from aiimage_sdk.api.availability import check_availability
from aiimage_sdk.api.images import generate_image, get_recent_images
from aiimage_sdk.models import DALLE, GeneratedImages, GenerateForm, Invalid, Message, Refused, StableDiffusionFromText
from aiimage_sdk.types import File

BASE_URL = os.environ.get("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1")
Order = DALLE | StableDiffusionFromText | GenerateForm


class RefusedError(Exception):
    """The API refused a request. Its text is the status and the reason."""


def raise_if_unregistered(reply: httpx.Response) -> None:
    """Raise RefusedError for a status that Python does not know, as 419: the generated client reads no other."""
    if reply.status_code not in list(HTTPStatus):
        reply.read()
        raise RefusedError(f"{reply.status_code} {reply.json()['message']}")


def connect(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(BASE_URL, token, httpx_args={"event_hooks": {"response": [raise_if_unregistered]}})


def generate(token: str, order: Order) -> GeneratedImages:
    with connect(token) as client:
        reply = generate_image.sync_detailed(client=client, body=order)
    if isinstance(reply.parsed, Invalid | Message | Refused):
        raise RefusedError(f"{reply.status_code} {reply.parsed.message}")
    assert reply.parsed
    return reply.parsed


def hero(count: int = 1) -> DALLE:
    return DALLE("dall-e", image_number_of_images=count, description="A teapot", size="1024x1024", quality="hd")


def main(token: str) -> None:
    with connect(token) as client:
        available = check_availability.sync(client=client)
        assert available
        print("available:", available.message)

        (image,) = generate(token, hero()).images
        print("hero:", image.input_)
        with urlopen(f"{BASE_URL.removesuffix('/api/v1')}/{image.output}") as picture:
            source = picture.read()

        upload = GenerateForm(
            "stablediffusion",
            image_number_of_images=1,
            stable_description="The same in blue",
            type_="image-to-image",
            image_resolution="512x512",
            image_src=File(BytesIO(source), "hero.png", "image/png"),
        )
        print("variation:", generate(token, upload).images[0].input_)
        crop = StableDiffusionFromText(
            "stablediffusion",
            image_number_of_images=1,
            stable_description="A teapot, cropped",
            type_="text-to-image",
            image_resolution="512x512",
        )
        print("crop:", generate(token, crop).images[0].input_)

        recent = get_recent_images.sync(client=client)
        assert isinstance(recent, list)
        print("recent:", "; ".join(image.input_ for image in recent))

    refused = {"invalid": token, "busy": "demo-busy", "credits": "demo-empty", "limit": "demo-limited"}
    for name, account in {**refused, "stranger": "demo-invalid"}.items():
        try:
            generate(account, hero(9999 if name == "invalid" else 1))
        except RefusedError as error:
            print(f"{name}:", error)


main(os.environ.get("AIIMAGE_TOKEN", "demo"))
