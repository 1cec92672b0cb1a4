"""The budget of a run, reserved before a request and settled after its reply."""

from threading import Lock

from contract_tests.errors import BudgetExceededError
from contract_tests.oracle.facts import CREDITS_PER_IMAGE, counted


class Budget:
    """A hard cap on credits and on images; images_cap: None for any number. Safe to use from several threads.

    An image costs what the documentation says [CREDIT-COST] until the service is seen to charge more.
    """

    def __init__(self, cap: int, images_cap: int | None = None) -> None:
        self.cap, self.images_cap = cap, images_cap
        self.price = CREDITS_PER_IMAGE
        self._spent = self._reserved = 0
        self._images = self._images_reserved = 0
        self._lock = Lock()

    @property
    def spent(self) -> int:
        """The credits that were spent or may be spent by a request without a reply yet."""
        return self._spent + self._reserved

    @property
    def images(self) -> int:
        """The images that were made or may be made by a request without a reply yet."""
        return self._images + self._images_reserved

    @property
    def left(self) -> int:
        return max(0, self.cap - self.spent)

    def reserve(self, images: int, *, without_credits: bool = False) -> "Reservation":
        """Reserve the maximum price of a request for `images` images, or raise BudgetExceededError.

        An account without credits is not expected to be charged, so whatever is left is enough for it.
        """
        with self._lock:
            credits_ = images * self.price
            if without_credits:
                credits_ = min(credits_, self.left)
            if credits_ > self.left:
                raise BudgetExceededError(self._over_cap(credits_))
            if self.images_cap is not None and images > self.images_cap - self.images:
                raise BudgetExceededError(
                    f"the request may make {images} images, and {self.images} of the "
                    f"{self.images_cap} images that the run may make are made or reserved"
                )
            self._reserved += credits_
            self._images_reserved += images
        return Reservation(self, images, credits_)

    def observe(self, images: int, paid: int) -> None:
        """Correct the count by the price seen for images just settled; the highest price seen applies from now on."""
        with self._lock:
            self._spent += paid - images * self.price
            # Rounded up: a cap must not count too little.
            self._raise_price(-(-paid // images))

    def learn_price(self, price: int) -> None:
        """Count all images at the given price, if it is higher than the known one."""
        with self._lock:
            self._spent += max(0, price - self.price) * self._images
            self._raise_price(price)

    def _raise_price(self, price: int) -> None:
        self.price = max(self.price, price)

    def _over_cap(self, credits_: int) -> str:
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
    """The reservation for one request; only the first `settle` counts."""

    def __init__(self, budget: Budget, images: int, credits_: int) -> None:
        self._budget = budget
        self._open = True
        self.images, self.credits = images, credits_

    def settle(self, images: int) -> None:
        """Record how many images were made or may have been made."""
        if self._open:
            self._open = False
            self._budget._settle(self, images)
