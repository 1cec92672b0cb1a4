"""The appearance of the service: texts, headers, ids and extra fields, plain or like another stack."""

import itertools
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contract_tests.wrong_servers.clock import stamp


class Presentation:
    """The texts of the documentation, and nothing more."""

    available = "Image generation is available."
    busy = "Image generation in progress. Please try again later."
    unauthenticated = "Unauthenticated."
    no_credits = "You have no credits left. Please consider upgrading your plan."
    daily_limit = "You have reached the maximum number of image generation allowed."
    headers: Mapping[str, str] = {}
    charset = ""
    chunked = False
    folder = "uploads"

    def __init__(self) -> None:
        self._ids = itertools.count(401)

    def next_id(self) -> int:
        return next(self._ids)

    def title(self, engine: str, id_: int) -> str:
        return f"{engine}-{id_}.png"

    def stamp(self, instant: int) -> str:
        return stamp(instant // 1000 * 1000).replace(".000", "")

    def header_name(self, name: str) -> str:
        return name

    def adorned(self, body: Any) -> Any:
        """Return the body of a reply with the fields that this stack adds."""
        return body


class ForeignPresentation(Presentation):
    """Many headers in lower case, undocumented fields, large ids, random names, chunked bodies."""

    available = "Ready when you are."
    busy = "Hold on, we are still painting."
    unauthenticated = "Please sign in first."
    no_credits = "Your balance does not cover this order."
    daily_limit = "That was enough for today."
    headers = {  # noqa: RUF012  as constant as the texts
        "Server": "nginx/1.24.0",
        "X-Powered-By": "PHP/8.3.6",
        "Set-Cookie": "image_session=eyJpdiI6Ik5vbmUifQ; path=/; httponly; samesite=lax",
        "Cache-Control": "no-cache, private",
        "X-Served-By": "node-7",
    }
    charset = "; charset=UTF-8"
    chunked = True
    folder = "storage/generated"

    def __init__(self) -> None:
        super().__init__()
        self._random = random.Random(20260226)
        self._last = 2**32  # ids of any size conform

    def next_id(self) -> int:
        self._last += self._random.randrange(1, 2**20)
        return self._last

    def title(self, engine: str, id_: int) -> str:
        return f"{self._random.getrandbits(96):024x}.png"

    def stamp(self, instant: int) -> str:
        return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="microseconds")

    def header_name(self, name: str) -> str:
        return name.lower()

    def adorned(self, body: Any) -> Any:
        if isinstance(body, list):
            return [self.adorned(entry) for entry in body]
        if not isinstance(body, dict):
            return body
        extra: dict[str, Any] = {}
        if "message" in body:
            extra = {"code": None, "docs": "/help"}
        elif "title" in body:
            # Further fields of an image may differ between its two replies [RECENT-SAME].
            extra = {"favourite": False, "tags": []} if "created_at" in body else {"img_id": body.get("id")}
        elif "images" in body:
            extra = {"queue": {"position": 0}, "images": self.adorned(body["images"])}
        return {**body, **extra}
