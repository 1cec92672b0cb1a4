"""A careful client of the AI Image API in a few functions, with requests."""

import time
from collections.abc import Callable
from typing import Any

import requests

Fields = dict[str, Any]
Images = list[dict[str, Any]]
Sleep = Callable[[float], object]

DELAYS = (1, 2, 4, 8)
TIMEOUT = 60


class RefusedError(Exception):
    """The API has refused a generation for good: no credits, no image left today, or parameters that are wrong."""


class UnknownOutcomeError(Exception):
    """Nobody knows what came of a generation."""


def connect(token: str) -> requests.Session:
    """Return a session for the API. Pictures are fetched without it: they may lie with somebody else."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def generate(session: requests.Session, api: str, fields: Fields, prompt: str, sleep: Sleep = time.sleep) -> Images:
    """Return the images that a request makes, paid for once. api: "https://HOST/api/v1/aiimage"; prompt: as in fields.

    Raise RefusedError, or UnknownOutcomeError where images may have been paid for and cannot be found.
    """
    before = {image["id"] for image in recent(session, api)}
    for delay in DELAYS:
        try:
            reply = session.post(f"{api}/generate-image", json=fields, timeout=TIMEOUT)
            if reply.status_code != 409 and reply.status_code < 500:
                return _images(reply)
        except (requests.RequestException, ValueError):
            pass
        wait(session, api, delay, sleep)
        made = [image for image in recent(session, api) if image["id"] not in before and image["input"] == prompt]
        if made:
            return made
    raise UnknownOutcomeError(f"no images after {len(DELAYS)} attempts")


def recent(session: requests.Session, api: str) -> Images:
    """Return the images made last, newest first; raise requests.RequestException."""
    reply = session.get(f"{api}/recent-images", timeout=TIMEOUT)
    reply.raise_for_status()
    images: Images = reply.json()
    return images


def wait(session: requests.Session, api: str, delay: float, sleep: Sleep) -> None:
    """Return when nothing runs any more, or after having asked a few times."""
    for _ in DELAYS:
        sleep(delay)
        if session.get(f"{api}/check-availability", timeout=TIMEOUT).status_code == 200:
            return


def picture(origin: str, image: dict[str, Any]) -> bytes:
    """Return the picture of an image; raise requests.RequestException."""
    reply = requests.get(f"{origin}/{image['output']}", timeout=TIMEOUT)
    reply.raise_for_status()
    return reply.content


def _images(reply: requests.Response) -> Images:
    told = reply.json()
    if reply.status_code != 200 or told["status"] != "success":
        raise RefusedError(f"{reply.status_code}: {told['message']}")
    images: Images = told["images"]
    return images
