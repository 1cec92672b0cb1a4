"""The images that the run itself has made, in the order in which their replies came."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.errors import CouldNotLookError


@dataclass(frozen=True)
class Made:
    role: str
    request: int
    image: Mapping[str, Any]


class Ledger:
    def __init__(self) -> None:
        self._made: list[Made] = []
        self._requests = 0
        self.quickest = math.inf
        self._lock = Lock()

    def add(self, role: str, reply: Reply) -> None:
        """Note the images of a reply, whatever else is wrong with it, and how long they took."""
        try:
            body = reply.json()
        except CouldNotLookError:
            body = None
        images = body.get("images") if isinstance(body, dict) else None
        with self._lock:
            self.quickest = min(self.quickest, reply.exchange.received - reply.exchange.sent)
            self._requests += 1
            for image in images if isinstance(images, list) else []:
                if isinstance(image, dict):
                    self._made.append(Made(role, self._requests, image))

    def of(self, role: str) -> list[Made]:
        return [made for made in self._made if made.role == role]
