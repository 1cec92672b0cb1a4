"""What an account may answer, worked out from all that has happened to it. Times are whole milliseconds."""

from dataclasses import dataclass, field
from typing import Any, Literal

from contract_tests.oracle.facts import LOCK_MS, RECENT_IMAGES, price

Lock = Literal["held", "free", "perhaps"]
TAKEN_ON = 200


@dataclass(frozen=True)
class Generation:
    """A generation that was taken on and ends at a known moment."""

    began: int
    ends: int
    count: int


@dataclass(frozen=True)
class Complaint:
    """A rule that an answer contradicts."""

    rule: str
    expected: str
    received: str


@dataclass
class Oracle:
    """An account: credits and daily limit are None where nobody knows them.

    complete: all that happens to it is known here, its images and its time included.
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

    @property
    def lock(self) -> Lock:
        """Held while a generation runs, until it expires [LOCK-10S]; whether the end frees it is assumed."""
        if not self.complete:
            return "perhaps"
        if self.began is None or self.now > self.began + LOCK_MS:
            return "free"
        if self.now == self.began + LOCK_MS:
            return "perhaps"
        return "held" if any(each.began == self.began for each in self.running) else "perhaps"

    def most(self) -> int:
        """How many images can be asked for without meeting an assumption about requests that are affordable in part."""
        left = [self.credits, None if self.daily_limit is None else self.daily_limit - self.used]
        known = [each for each in left if each is not None]
        return max(1, min(known, default=1))

    def on_generate(self, count: int, status: int) -> Complaint | None:
        """Judge the answer to a request for images; a request that was taken on counts as TAKEN_ON."""
        refusals = self._refusals()
        # What runs may count already, and what comes first is assumed.
        reserved = self._refusals(sum(each.count for each in self.running)) if self.lock == "held" else {}
        allowed = {*refusals, *reserved} | ({409} if self.lock != "free" else set())
        if self.lock != "held" and not refusals:
            allowed.add(TAKEN_ON)
        if status in allowed:
            return None
        rule = self._served_wrongly(refusals) if status == TAKEN_ON else self._refused_wrongly(status)
        received = "it was taken on" if status == TAKEN_ON else str(status)
        return Complaint(rule, f"{_either(allowed)} to a request for {count} images, {self._told()}", received)

    def on_check(self, status: int) -> Complaint | None:
        allowed = {"held": {409}, "free": {200}, "perhaps": {200, 409}}[self.lock]
        if status in allowed:
            return None
        late = self.lock == "free" and self.began is not None
        rule = "LOCK-10S" if late else "LOCK-CHECK"
        return Complaint(rule, f"{_either(allowed)}, {self._told()}", str(status))

    def on_recent(self, listed: list[dict[str, Any]]) -> Complaint | None:
        """Judge the recent images by those that were made here, newest first."""
        if len(listed) > RECENT_IMAGES:
            return Complaint("RECENT-10", f"at most {RECENT_IMAGES} images", f"{len(listed)} images")
        ids = [str(image.get("id")) for image in listed]
        newest = self.images[:RECENT_IMAGES]
        missing = [image for image in newest if str(image["id"]) not in ids] if self.complete else []
        if missing:
            return Complaint("RECENT-SAME", f"the image {missing[0]} among them", f"images {ids}")
        known = {str(image["id"]): image for image in self.images}
        if self.complete and (strange := [each for each in ids if each not in known]):
            return Complaint("RECENT-OWN", "images of this account only", f"an image {strange[0]} of nobody here")
        for image in listed:
            made = known.get(str(image.get("id")))
            if made and {key: image.get(key) for key in made} != made:
                return Complaint("RECENT-SAME", str(made), str(image))
        return None

    def on_balance(self, credits_: int, used: int) -> Complaint | None:
        """Judge a balance that the mock shows while nothing runs."""
        if credits_ != self.credits:
            return Complaint("CREDIT-COST", f"{self.credits} credits left, {self._told()}", f"{credits_} credits")
        if used != self.used:
            return Complaint("DAILY-429", f"{self.used} images of the day, {self._told()}", f"{used} images")
        return None

    def take_on(self, count: int) -> None:
        self.began = self.now
        self.running.append(Generation(self.now, self.now + self.generation_ms, count))

    def advance(self, milliseconds: int) -> None:
        self.now += milliseconds

    def ended(self) -> list[Generation]:
        """The generations that have ended by now, oldest first; they run no longer, and are paid."""
        over = [each for each in self.running if each.ends <= self.now]
        self.running = [each for each in self.running if each.ends > self.now]
        for each in over:
            self.used += each.count
            self.credits = None if self.credits is None else self.credits - price(each.count)
        return over

    def made(self, images: list[dict[str, Any]]) -> None:
        """Note the images of a reply; the last of them is taken for the newest."""
        self.images[:0] = reversed(images)

    def _refusals(self, reserved: int = 0) -> dict[int, str]:
        found = {}
        if self.daily_limit is not None and self.used + reserved >= self.daily_limit:
            found[429] = "DAILY-429"
        if self.credits is not None and self.credits <= price(reserved):
            found[419] = "CREDIT-419"
        return found

    def _served_wrongly(self, refusals: dict[int, str]) -> str:
        return "LOCK-ONE" if self.lock == "held" else next(iter(refusals.values()), "SHAPE")

    def _refused_wrongly(self, status: int) -> str:
        if status == 409:
            return "LOCK-10S" if self.began is not None else "LOCK-CHECK"
        return {419: "CREDIT-COST", 429: "DAILY-429"}.get(status, "SHAPE")

    def _told(self) -> str:
        credits_ = "" if self.credits is None else f"{self.credits} credits and "
        limit = "" if self.daily_limit is None else f"{self.used} of {self.daily_limit} images of the day used, "
        since = "nothing began yet" if self.began is None else f"{self.now - self.began} ms after the last one began"
        return f"with {credits_}{limit}{len(self.running)} generations running, {since}"


def _either(statuses: set[int]) -> str:
    return " or ".join(str(status) for status in sorted(statuses))
