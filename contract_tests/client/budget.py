"""What a run may spend, reserved before a request and settled after its reply, and the images that it made."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.errors import CouldNotLookError, PurseEmptyError
from contract_tests.oracle.facts import CREDITS_PER_IMAGE, counted


class Purse:
    """A hard cap on credits and on images; images_cap: None for any number. Safe to use from several threads.

    An image costs what the documentation says, 1 credit (CREDIT-COST), until the service is seen to charge more.
    """

    def __init__(self, cap: int, images_cap: int | None = None) -> None:
        self.cap, self.images_cap = cap, images_cap
        self.price = CREDITS_PER_IMAGE
        self._spent = self._reserved = 0
        self._images = self._images_reserved = 0
        self._lock = Lock()

    @property
    def spent(self) -> int:
        return self._spent

    @property
    def images(self) -> int:
        """The images that were made, or may have been."""
        return self._images

    @property
    def left(self) -> int:
        return max(0, self.cap - self._spent - self._reserved)

    def reserve(self, images: int, *, penniless: bool = False) -> "Reservation":
        """Set aside what a request for so many images may cost, or raise PurseEmptyError.

        Of an account said to have no credits (`penniless`) nothing is expected to be charged, so what is left will do.
        """
        with self._lock:
            credits_ = images * self.price
            if penniless:
                credits_ = min(credits_, self.left)
            if credits_ > self.left:
                raise PurseEmptyError(self._too_dear(credits_))
            if self.images_cap is not None and images > self.images_cap - self._images - self._images_reserved:
                raise PurseEmptyError(
                    f"the request may make {images} images, and {self._images} of the {self.images_cap} images of the "
                    "day that the run may make are made or reserved"
                )
            self._reserved += credits_
            self._images_reserved += images
        return Reservation(self, images, credits_)

    def observe(self, images: int, paid: int) -> None:
        """Correct the count for images just settled, whose price was seen; the dearest image sets the price to come."""
        with self._lock:
            self._spent += paid - images * self.price
            self._raise_price(-(-paid // images))

    def learn_price(self, price: int) -> None:
        """Count all images at a price that was found out, if it is higher than the one known."""
        with self._lock:
            self._spent += max(0, price - self.price) * self._images
            self._raise_price(price)

    def _raise_price(self, price: int) -> None:
        self.price = max(self.price, price)

    def _too_dear(self, credits_: int) -> str:
        why = f" (the service was seen to charge {self.price} credits an image)" if self.price > 1 else ""
        return (
            f"the request may cost {counted(credits_, 'credit')} and {self.left} of {self.cap} are left to spend{why}"
        )

    def _settle(self, reservation: "Reservation", images: int) -> None:
        with self._lock:
            self._reserved -= reservation.credits
            self._images_reserved -= reservation.images
            self._spent += images * self.price
            self._images += images


class Reservation:
    """What was set aside for one request; only the first `settle` counts."""

    def __init__(self, purse: Purse, images: int, credits_: int) -> None:
        self._purse = purse
        self._open = True
        self.images, self.credits = images, credits_

    def settle(self, images: int) -> None:
        """Say how many images were made, or may have been."""
        if self._open:
            self._open = False
            self._purse._settle(self, images)


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
