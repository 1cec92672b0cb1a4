"""A careful client of the AI Image API, with httpx.

AIIMAGE_TOKEN=demo python examples/httpx_client/client.py "A fox" fox.png
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx

# Together longer than the 10 seconds of a lock.
DELAYS = (1, 2, 4, 8)
ATTEMPTS = 3
T = TypeVar("T")


class AiImageError(Exception):
    """A generation has no images."""


class BusyError(AiImageError):
    """Another generation held the lock the whole time."""


class UnauthenticatedError(AiImageError):
    """The token is missing or invalid."""


class OutOfCreditsError(AiImageError):
    """There are not enough credits. A retry is useless before there are more."""


class DailyLimitError(AiImageError):
    """The daily limit is reached. A retry is useless today."""


class InvalidRequestError(AiImageError):
    """A parameter is missing or invalid. The message names it."""


class EngineError(AiImageError):
    """The engine behind the API failed. Nothing is charged."""


class LostReplyError(AiImageError):
    """The outcome of a request is unknown: there may be images, and they may be paid for."""


_REFUSALS = {
    401: UnauthenticatedError,
    409: BusyError,
    419: OutOfCreditsError,
    422: InvalidRequestError,
    429: DailyLimitError,
}


@dataclass(frozen=True)
class Image:
    """One image. url: of its picture."""

    id: int
    prompt: str
    url: str


class Client:
    """Generates images and fetches their pictures. sleep: waits for seconds; tests replace it."""

    def __init__(self, base_url: str, token: str, sleep: Callable[[float], object] = time.sleep) -> None:
        self._base_url = f"{base_url}/aiimage/"
        self._api = httpx.Client(base_url=self._base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60)
        self._files = httpx.Client(timeout=60)  # another host may serve pictures: no token for them
        self._sleep = sleep

    def close(self) -> None:
        self._api.close()
        self._files.close()

    def generate(self, prompt: str, count: int = 1) -> list[Image]:
        """Return new images, paid for once; raise AiImageError."""
        newest = self._newest()
        for _ in range(ATTEMPTS):
            try:
                return self._order(prompt, count)
            except BusyError:
                self._wait_for_the_lock()
            except LostReplyError:
                self._wait_for_the_lock()
                if found := self._made_since(newest, prompt):
                    return found
        raise LostReplyError(f"no images after {ATTEMPTS} attempts")

    def picture(self, image: Image) -> bytes:
        """Return the picture of an image; raise httpx.HTTPError."""
        return self._persistently(lambda: self._files.get(image.url).raise_for_status().content)

    def _order(self, prompt: str, count: int) -> list[Image]:
        """Send the one request that costs credits, once; raise AiImageError."""
        body = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": count}
        try:
            reply = self._api.post("generate-image", json=body)
            body = reply.json()
        except (httpx.TransportError, ValueError) as error:
            raise LostReplyError(str(error)) from error
        if reply.status_code in _REFUSALS:
            raise _REFUSALS[reply.status_code](body["message"])
        if reply.status_code != 200:
            raise LostReplyError(f"status {reply.status_code}")
        if body["status"] != "success":
            raise EngineError(body["message"])
        return self._images(body["images"])

    def _wait_for_the_lock(self) -> None:
        for delay in DELAYS:
            self._sleep(delay)
            if self._available():
                return
        raise BusyError(f"the lock was not free within {sum(DELAYS)} seconds")

    def _available(self) -> bool:
        try:
            return self._api.get("check-availability").status_code == 200
        except httpx.TransportError:
            return False

    def _newest(self) -> int:
        """Return the id of the newest image so far, 0 for none."""
        return max((image.id for image in self._recent()), default=0)

    def _made_since(self, newest: int, prompt: str) -> list[Image]:
        return [image for image in self._recent() if image.id > newest and image.prompt == prompt]

    def _recent(self) -> list[Image]:
        return self._images(self._persistently(self._fetch_recent))

    def _fetch_recent(self) -> Any:
        reply = self._api.get("recent-images")
        if reply.status_code == 401:
            raise UnauthenticatedError(reply.json()["message"])
        return reply.raise_for_status().json()

    def _images(self, body: Sequence[dict[str, Any]]) -> list[Image]:
        origin = urljoin(self._base_url, "/")
        return [Image(each["id"], each["input"], urljoin(origin, each["output"])) for each in body]

    def _persistently(self, get: Callable[[], T]) -> T:
        """Return the result of a call that may be repeated; raise httpx.HTTPError or ValueError."""
        for delay in DELAYS:
            try:
                return get()
            except (httpx.HTTPError, ValueError):
                self._sleep(delay)
        return get()


def main() -> None:
    """Write the picture of a new image."""
    base_url = os.environ.get("AIIMAGE_BASE_URL", "http://127.0.0.1:8010/api/v1")
    prompt, file = sys.argv[1:]
    with closing(Client(base_url, os.environ["AIIMAGE_TOKEN"])) as client:
        (image,) = client.generate(prompt)
        Path(file).write_bytes(client.picture(image))


if __name__ == "__main__":
    main()
