"""The replies that the documentation allows to an account, after all that happened to it. Times are milliseconds."""

from dataclasses import dataclass, field
from typing import Any, Literal

from contract_tests.oracle.facts import LOCK_MS, RECENT_IMAGES, price
from contract_tests.oracle.images import SAME, common_part, contradiction, same

Lock = Literal["taken", "free", "perhaps"]
STARTED = 200


@dataclass(frozen=True)
class Generation:
    """A generation that was started and ends at a known moment."""

    began: int
    ends: int
    count: int


@dataclass(frozen=True)
class Deviation:
    """A contradiction in a reply: the rule, the expected and the received. example: the value in this reply."""

    rule: str
    expected: str
    received: str
    example: str = ""


@dataclass
class Oracle:
    """An account; credits and daily limit are None if they are unknown.

    complete: whether everything that happens to the account is known, its images and its clock included.
    requests, served: its requests for images, also those that were refused, and the generations among them.
    leftovers: whether a generation has failed, since the images that it made before may stay [CREDIT-ATOMIC].
    """

    credits: int | None = None
    daily_limit: int | None = None
    generation_ms: int = 0
    complete: bool = False
    now: int = 0
    used: int = 0
    running: list[Generation] = field(default_factory=list)
    began: int | None = None
    images: list[dict[str, Any]] = field(default_factory=list)
    requests: int = 0
    served: int = 0
    leftovers: bool = False

    @property
    def lock(self) -> Lock:
        """Held while a generation runs, until it expires [LOCK-10S]."""
        # The time of a live service passes unseen, and so may other clients of the account.
        if not self.complete:
            return "perhaps"
        if self.began is None or self.now > self.began + LOCK_MS:
            return "free"
        # Whether it still holds at the very instant is not documented.
        if self.now == self.began + LOCK_MS:
            return "perhaps"
        # Whether the end of its generation frees it is an assumption [LOCK-RELEASE].
        return "taken" if any(each.began == self.began for each in self.running) else "perhaps"

    def affordable_images(self) -> int:
        """Return how many images to request at most, 1 also where none is affordable."""
        # Whether a request that is affordable only in part is refused is an assumption [CREDIT-NEED].
        left = [self.credits, None if self.daily_limit is None else self.daily_limit - self.used]
        known = [each for each in left if each is not None]
        return max(1, min(known, default=1))

    def on_generate(self, count: int, status: int) -> Deviation | None:
        """Check the status of a request for images; STARTED stands for a generation that runs."""
        self.requests += 1
        refusals = self._refusals()
        # Whether running generations count already, and which refusal comes first, is assumed.
        reserved = self._refusals(sum(each.count for each in self.running)) if self.lock == "taken" else {}
        allowed = {*refusals, *reserved} | ({409} if self.lock != "free" else set())
        if self.lock != "taken" and not refusals:
            allowed.add(STARTED)
        if status in allowed:
            return None
        rule = self._served_wrongly(refusals) if status == STARTED else self._refused_wrongly(status)
        received = "it was started" if status == STARTED else str(status)
        return Deviation(rule, f"{_either(allowed)} to a request for {count} images, {self._state()}", received)

    def on_check(self, status: int) -> Deviation | None:
        """Check the status of an availability check."""
        allowed = {"taken": {409}, "free": {200}, "perhaps": {200, 409}}[self.lock]
        if status in allowed:
            return None
        late = self.lock == "free" and self.began is not None
        rule = "LOCK-10S" if late else "LOCK-CHECK"
        return Deviation(rule, f"{_either(allowed)}, {self._state()}", str(status))

    def on_recent(self, listed: list[dict[str, Any]]) -> Deviation | None:
        """Check the list of recent images against those that were made here, newest first."""
        if len(listed) > RECENT_IMAGES:
            return Deviation("RECENT-10", f"at most {RECENT_IMAGES} images", f"{len(listed)} images")
        ids = [str(image.get("id")) for image in listed]
        # Those that a failed generation left behind may take places of the list.
        newest = self.images[:RECENT_IMAGES] if len(listed) < RECENT_IMAGES or not self.leftovers else []
        missing = [image for image in newest if str(image["id"]) not in ids] if self.complete else []
        if missing:
            return Deviation("RECENT-SAME", SAME, contradiction(missing[0], None), f"for example {missing[0]} in {ids}")
        known = {str(image["id"]): image for image in self.images}
        if self.complete and not self.leftovers and (strange := [each for each in ids if each not in known]):
            return Deviation(
                "RECENT-OWN", "images of this account only", f"an image {strange[0]} that was not made here"
            )
        for image in listed:
            made = known.get(str(image.get("id")))
            if made and not same(made, image):
                example = f"for example {common_part(image)} for {common_part(made)}"
                return Deviation("RECENT-SAME", SAME, contradiction(made, image), example)
        return None

    def on_balance(self, credits_: int, used: int) -> Deviation | None:
        """Check the balance that the mock shows while nothing runs."""
        if credits_ != self.credits:
            return Deviation("CREDIT-COST", f"{self.credits} credits left, {self._state()}", f"{credits_} credits")
        if used != self.used:
            return Deviation("DAILY-RESET", f"{self.used} images of the day, {self._state()}", f"{used} images")
        return None

    def start(self, count: int) -> None:
        self.began = self.now
        self.served += 1
        self.running.append(Generation(self.now, self.now + self.generation_ms, count))

    def advance(self, milliseconds: int) -> None:
        self.now += milliseconds

    def ended(self) -> list[Generation]:
        """Remove and return the generations that have ended, oldest first; charge for them."""
        over = [each for each in self.running if each.ends <= self.now]
        self.running = [each for each in self.running if each.ends > self.now]
        for each in over:
            self.used += each.count
            self.credits = None if self.credits is None else self.credits - price(each.count)
        return over

    def add_images(self, images: list[dict[str, Any]]) -> None:
        """Record the images of a reply; the last of them counts as the newest."""
        self.images[:0] = reversed(images)

    def _refusals(self, reserved: int = 0) -> dict[int, str]:
        found = {}
        if self.daily_limit is not None and self.used + reserved >= self.daily_limit:
            found[429] = "DAILY-429"
        if self.credits is not None and self.credits <= price(reserved):
            found[419] = "CREDIT-419"
        return found

    def _served_wrongly(self, refusals: dict[int, str]) -> str:
        if self.lock == "taken":
            return "LOCK-ONE"
        rule = next(iter(refusals.values()), "SHAPE")
        return self._daily_rule(self.served < (self.daily_limit or 0)) if rule == "DAILY-429" else rule

    def _refused_wrongly(self, status: int) -> str:
        if status == 409:
            return "LOCK-10S" if self.began is not None else "LOCK-CHECK"
        # A 419 with credits left: the images before cost more than they should.
        if status == 429:
            return self._daily_rule(self.daily_limit is not None and self.requests > self.daily_limit)
        return "CREDIT-COST" if status == 419 else "SHAPE"

    def _daily_rule(self, by_requests: bool) -> str:
        """Return the rule that a wrong reply contradicts; a limit of requests, not images, explains it by_requests."""
        return "DAILY-RESET" if by_requests else "DAILY-429"

    def _state(self) -> str:
        credits_ = "" if self.credits is None else f"{self.credits} credits and "
        limit = "" if self.daily_limit is None else f"{self.used} of {self.daily_limit} images of the day used, "
        since = "nothing started yet" if self.began is None else f"{self.now - self.began} ms after the last start"
        return f"with {credits_}{limit}{len(self.running)} generations running, {since}"


def _either(statuses: set[int]) -> str:
    return " or ".join(str(status) for status in sorted(statuses))
