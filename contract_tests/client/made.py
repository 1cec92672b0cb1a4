"""The images that a run made, in the order of their replies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.oracle.images import documented


@dataclass(frozen=True)
class MadeImage:
    """An image, the role that made it, the number of its request, and whether its engine may queue [QUEUED]."""

    role: str
    request: int
    queues: bool
    image: Mapping[str, Any]

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

    def add(self, role: str, reply: Reply, *, queues: bool) -> None:
        """Record the images of a reply, even of an invalid one, and how long it took."""
        with self._lock:
            # An answer before the pictures are ready does not show how long they take.
            if not queues:
                self.quickest = min(self.quickest, reply.exchange.seconds)
            self._requests += 1
            for image in reply.images:
                if isinstance(image, dict):
                    self._made.append(MadeImage(role, self._requests, queues, documented(image)))

    def of(self, role: str) -> list[MadeImage]:
        return [made for made in self._made if made.role == role]
