"""Additions to the generated client: status 419, and one function for JSON and for uploads."""

from io import BytesIO

import httpx
from aiimage_sdk import AuthenticatedClient
from aiimage_sdk.api.images import generate_from_upload, generate_image
from aiimage_sdk.models import (
    DALLE,
    FluxPro,
    FluxProKontext,
    GeneratedImages,
    Ideogram,
    Image,
    StableDiffusionFromAnImage,
    StableDiffusionFromText,
)
from aiimage_sdk.types import File

FromText = DALLE | FluxPro | FluxProKontext | Ideogram | StableDiffusionFromText


class RefusedError(Exception):
    """The API refused a generation: a lock, a limit, an invalid parameter or token. The message has the reason."""


class OutOfCreditsError(RefusedError):
    """There are not enough credits."""


def connect(base_url: str, token: str) -> AuthenticatedClient:
    """Return the generated client. A 419 raises OutOfCreditsError: the client supports registered statuses only."""
    return AuthenticatedClient(base_url, token, httpx_args={"event_hooks": {"response": [_raise_for_419]}})


def generate(client: AuthenticatedClient, order: FromText | StableDiffusionFromAnImage) -> list[Image]:
    """Send an order as JSON or as a form, and return its images; raise RefusedError."""
    if isinstance(order, StableDiffusionFromAnImage):
        answer = generate_from_upload.sync(client=client, body=order)
    else:
        answer = generate_image.sync(client=client, body=order)
    if not isinstance(answer, GeneratedImages):
        raise RefusedError(answer.message if answer else "the response is not in the document")
    return answer.images


def png(content: bytes) -> File:
    """Return a picture as a file to upload."""
    return File(BytesIO(content), "source.png", "image/png")


def _raise_for_419(reply: httpx.Response) -> None:
    if reply.status_code == 419:
        reply.read()
        raise OutOfCreditsError(reply.json()["message"])
