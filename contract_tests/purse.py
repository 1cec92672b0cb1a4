"""The credits that a run may spend, reserved before a request and settled after its reply."""

from threading import Lock

from contract_tests.errors import PurseEmptyError


class Purse:
    """A hard cap on credits, safe to use from several threads."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self._spent = 0
        self._reserved = 0
        self._lock = Lock()

    @property
    def spent(self) -> int:
        return self._spent

    @property
    def left(self) -> int:
        return self.cap - self._spent - self._reserved

    def reserve(self, credits_: int) -> "Reservation":
        """Set credits aside, or raise PurseEmptyError."""
        with self._lock:
            if credits_ > self.left:
                raise PurseEmptyError(
                    f"the request may cost {credits_} credits and {self.left} of {self.cap} are left to spend"
                )
            self._reserved += credits_
        return Reservation(self, credits_)

    def charge(self, credits_: int) -> None:
        """Count credits that were spent although nothing was reserved for them."""
        with self._lock:
            self._spent += credits_

    def _settle(self, reserved: int, spent: int) -> None:
        with self._lock:
            self._reserved -= reserved
            self._spent += spent


class Reservation:
    """Credits set aside for one request; only the first `settle` counts."""

    def __init__(self, purse: Purse, credits_: int) -> None:
        self._purse = purse
        self._open = True
        self.credits = credits_

    def settle(self, spent: int) -> None:
        if self._open:
            self._open = False
            self._purse._settle(self.credits, spent)
