"""A careful client of the AI Image API in a few functions, with requests.

AIIMAGE_TOKEN=demo python examples/requests_client/client.py "A fox" fox.png
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

Fields = dict[str, Any]
Images = list[dict[str, Any]]
Sleep = Callable[[float], object]

DELAYS = (1, 2, 4, 8)
TIMEOUT = 60


class RefusedError(Exception):
    """The API refused the request, and a retry is useless: no credits, the daily limit, invalid parameters or token."""


class UnknownOutcomeError(Exception):
    """The outcome of a generation is unknown."""


def connect(token: str) -> requests.Session:
    """Return a session for the API. Pictures are fetched without it: another host may serve them."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def generate(session: requests.Session, api: str, fields: Fields, prompt: str, sleep: Sleep = time.sleep) -> Images:
    """Return the images that a request makes, paid for once. api: "https://HOST/api/v1/aiimage"; prompt: as in fields.

    Raise RefusedError, or UnknownOutcomeError if images may have been paid for and cannot be found.
    """
    before = {image["id"] for image in recent(session, api, sleep)}
    for delay in DELAYS:
        try:
            reply = session.post(f"{api}/generate-image", json=fields, timeout=TIMEOUT)
            if reply.status_code != 409 and reply.status_code < 500:
                return _images(reply)
        except (requests.RequestException, ValueError):
            pass
        wait(session, api, delay, sleep)
        now = recent(session, api, sleep)
        made = [image for image in now if image["id"] not in before and image["input"] == prompt]
        if made:
            return made
    raise UnknownOutcomeError(f"no images after {len(DELAYS)} attempts")


def recent(session: requests.Session, api: str, sleep: Sleep = time.sleep) -> Images:
    """Return the recent images, newest first; raise RefusedError for an invalid token, else UnknownOutcomeError."""
    for delay in DELAYS:
        try:
            reply = session.get(f"{api}/recent-images", timeout=TIMEOUT)
            body: Any = reply.json()
        except (requests.RequestException, ValueError):
            body = None
        if isinstance(body, list):
            return body
        if body is not None and reply.status_code == 401:
            raise RefusedError(f"401: {body['message']}")
        sleep(delay)
    raise UnknownOutcomeError("recent-images gives no valid response")


def wait(session: requests.Session, api: str, delay: float, sleep: Sleep) -> None:
    """Return when no generation runs any more, or after a few checks."""
    for _ in DELAYS:
        sleep(delay)
        try:
            if session.get(f"{api}/check-availability", timeout=TIMEOUT).status_code == 200:
                return
        except requests.RequestException:
            pass


def picture(origin: str, image: dict[str, Any]) -> bytes:
    """Return the picture of an image; raise requests.RequestException."""
    reply = requests.get(urljoin(f"{origin}/", image["output"]), timeout=TIMEOUT)
    reply.raise_for_status()
    return reply.content


def _images(reply: requests.Response) -> Images:
    body = reply.json()
    if reply.status_code != 200 or body["status"] != "success":
        raise RefusedError(f"{reply.status_code}: {body['message']}")
    images: Images = body["images"]
    return images


def main() -> None:
    """Write the picture of a new image."""
    base_url = os.environ.get("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1")
    prompt, file = sys.argv[1:]
    fields = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": 1}
    with connect(os.environ["AIIMAGE_TOKEN"]) as session:
        (image,) = generate(session, f"{base_url}/aiimage", fields, prompt)
    Path(file).write_bytes(picture(base_url.removesuffix("/api/v1"), image))


if __name__ == "__main__":
    main()
