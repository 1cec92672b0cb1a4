"""The permitted actions of an account, derived from its whole past. It shares no code with the rules."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

SECOND = 1_000_000
LOCK = 10 * SECOND


@dataclass
class Event:
    """A generation that has begun. cancelled: while it ran; freed: a caller deleted its lock."""

    began: int
    count: int
    price: int
    ends: int
    lock_ends: int | None
    fails: bool
    cancelled: bool = False
    freed: bool = False

    def runs(self, now: int) -> bool:
        return now < self.ends and not self.cancelled

    def made(self, now: int) -> bool:
        return now >= self.ends and not self.cancelled and not self.fails

    def holds(self, now: int) -> bool:
        return not self.cancelled and not self.freed and (self.lock_ends is None or now < self.lock_ends)


@dataclass
class Oracle:
    """An account. day_begins: time after midnight; released_early: the lock is released when a generation ends."""

    credits: int
    daily_limit: int
    price: int
    any_credit: bool
    images_count: bool
    released_early: bool
    order: list[str]
    day_begins: timedelta
    events: dict[str, Event] = field(default_factory=dict)

    def date(self, now: int) -> int:
        return (datetime.fromtimestamp(0, UTC) + timedelta(microseconds=now) - self.day_begins).toordinal()

    def next_date(self, now: int) -> int:
        begins = datetime.fromordinal(self.date(now) + 1).replace(tzinfo=UTC) + self.day_begins
        return round(begins.timestamp()) * SECOND

    def weight(self, count: int) -> int:
        return count if self.images_count else 1

    def holders(self, now: int) -> list[str]:
        return [name for name, event in self.events.items() if event.holds(now)]

    def running(self, now: int) -> list[Event]:
        return [each for each in self.events.values() if each.runs(now)]

    def made(self, now: int) -> dict[str, Event]:
        """Return the events that ended with images, in the order in which they ended."""
        made = {name: each for name, each in self.events.items() if each.made(now)}
        return dict(sorted(made.items(), key=lambda row: row[1].ends))

    def left(self, now: int) -> int:
        return self.credits - sum(each.price for each in self.made(now).values())

    def used(self, now: int) -> int:
        made = self.made(now).values()
        return sum(self.weight(each.count) for each in made if self.date(each.ends) == self.date(now))

    def free(self, now: int) -> int:
        return self.left(now) - sum(each.price for each in self.running(now))

    def charge(self, count: int, now: int) -> int:
        whole = count * self.price
        return min(whole, self.free(now)) if self.any_credit else whole

    def refuses(self, count: int, now: int) -> tuple[str, int | None] | None:
        """Return the rule that refuses `count` images, and when the refusal ends."""
        holders = [each for each in self.events.values() if each.holds(now)]
        needed = min(1, count * self.price) if self.any_credit else count * self.price
        asked = self.used(now) + sum(self.weight(each.count) for each in self.running(now)) + self.weight(count)
        passes = self.next_date(now) if self.weight(count) <= self.daily_limit else None
        reasons = {
            "locked": ("LOCK-ONE", holders[0].lock_ends) if holders else None,
            "daily-limit": ("DAILY-429", passes) if asked > self.daily_limit else None,
            "no-credits": ("CREDIT-419", None) if self.free(now) < needed else None,
        }
        return next((reasons[code] for code in self.order if reasons.get(code)), None)

    def lock_ends(self, kept: str, now: int, ends: int) -> int | None:
        if kept == "forever":
            return None
        return min(now + LOCK, ends) if kept == "rule" and self.released_early else now + LOCK
