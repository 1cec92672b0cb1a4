"""The images that a run made, in the order of their replies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.images import documented
from contract_tests.oracle.moments import Period


@dataclass(frozen=True)
class MadeImage:
    """An image, the role that made it, the number and the reply of its request.

    queues: whether its engine may queue [QUEUED]. period: when it was made, None if that is unknown.
    """

    role: str
    request: int
    queues: bool
    image: Mapping[str, Any]
    reply: Reply
    period: Period | None = None

    @property
    def id(self) -> str:
        return str(self.image.get("id"))


class MadeImages:
    """quickest: the shortest time that a generation took, in seconds. Safe to use from several threads."""

    def __init__(self) -> None:
        self._made: list[MadeImage] = []
        self._requests = 0
        self.quickest = math.inf
        self._lock = Lock()

    def add(self, role: str, reply: Reply, *, queues: bool, period: Period | None = None) -> None:
        """Record the images of a reply, even of an invalid one, and how long it took."""
        with self._lock:
            # An answer before the pictures are ready does not show how long they take.
            if not queues:
                self.quickest = min(self.quickest, reply.exchange.seconds)
            self._requests += 1
            for image in reply.images:
                if isinstance(image, dict):
                    self._made.append(MadeImage(role, self._requests, queues, documented(image), reply, period))

    def date(self, reply: Reply, period: Period) -> None:
        """Record when the images of a reply were made."""
        with self._lock:
            self._made = [replace(each, period=period) if each.reply is reply else each for each in self._made]

    def of(self, role: str) -> list[MadeImage]:
        return [made for made in self._made if made.role == role]


def images_of(reply: Reply) -> list[dict[str, Any]]:
    """Return the images of a reply of generate-image or recent-images, by their documented fields."""
    body = reply.json()
    images = body.get("images") if isinstance(body, dict) else body
    if not isinstance(images, list) or not all(isinstance(image, dict) for image in images):
        raise InconclusiveError("the reply has no list of images")
    return [documented(image) for image in images]
