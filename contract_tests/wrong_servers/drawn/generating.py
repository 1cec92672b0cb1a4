"""Generations: the refusals in the drawn order, the lock, credits and the daily limit, and the pictures made."""

import itertools
from collections.abc import Iterator
from dataclasses import replace

from contract_tests.wrong_servers.drawn.accounts import LOCK_MS, Account, Accounts, Job, Picture
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.orders import Order, Reading
from contract_tests.wrong_servers.drawn.replies import Replies, Reply
from contract_tests.wrong_servers.drawn.timeline import HOUR_MS
from contract_tests.wrong_servers.state import token_of

_RECENT = 10
_WITH_PAST = ("primary", "secondary", "low")
_BY_ENGINE_MS = 250
_FIRST_IDS = {"beyond 32 bits": 2**32, "beyond 64 bits": 2**64, "descending": 10**9}
_STEPS = {"descending": -7}


class Generations:
    """All generations of one server. The caller holds the service's lock in every call.

    Images of the past belong to the roles that can have some.
    """

    def __init__(self, drawn: Draw, accounts: Accounts, replies: Replies) -> None:
        self._drawn, self._accounts, self._replies = drawn, accounts, replies
        self._numbers = itertools.count(1)
        self._finished = itertools.count(1)
        self.by_path: dict[str, Picture] = {}
        if not accounts.open:
            for role in _WITH_PAST:
                self._add_past(accounts.of(token_of(role)))

    def _add_past(self, account: Account) -> None:
        now = account.timeline.now()
        for number in range(self._drawn["past"], 0, -1):
            order = Order("dall-e", prompt := f"A bridge, number {number}", prompt, 1, 512, 512)
            self.add_pictures(account, order, now - number * HOUR_MS, now)

    def next_number(self) -> int:
        return next(self._numbers)

    def begin(self, account: Account, reading: Reading) -> Reply | Job:
        """Return the refusal of a request, or its generation."""
        if self._drawn["daily limit counts"] == "requests":
            # The count includes this request, so that the last one of the day is served.
            self._accounts.use(account, 1)
        if refusal := next(self._refusals(account, reading), None):
            return refusal
        assert reading.order, "a request without an order has problems or is beyond a limit"
        return self._start(account, reading.order)

    def most_recent(self, account: Account) -> list[Picture]:
        newest = account.pictures[-_RECENT:]
        return newest if self._drawn["recent order"] == "oldest first" else newest[::-1]

    # Refusals

    def _refusals(self, account: Account, reading: Reading) -> Iterator[Reply]:
        count = reading.order.count if reading.order else 1
        for reason in self._drawn["order of refusals"]:
            match reason:
                case "invalid" if reading.problems:
                    yield self._replies.invalid(reading.problems)
                case "invalid" if reading.limits:
                    yield self._replies.beyond_limits(reading.limits)
                case "locked" if account.lock.held(account.timeline.now()):
                    yield self._replies.locked()
                case "daily-limit" if not self._sandbox and not self._within_limit(account, count):
                    yield self._replies.daily_limit(self._accounts.seconds_left(account))
                case "no-credits" if not self._sandbox and not self._affordable(account, count):
                    yield self._replies.no_credits()

    @property
    def _sandbox(self) -> bool:
        return bool(self._drawn["sandbox"] != "none")

    def _within_limit(self, account: Account, count: int) -> bool:
        used = self._accounts.used_today(account)
        match self._drawn["daily limit counts"]:
            case "requests":
                return used <= account.daily_limit
            case "requests served":
                return used + len(account.running) < account.daily_limit
        return used + self._promised(account) + count <= account.daily_limit

    def _affordable(self, account: Account, count: int) -> bool:
        left = account.credits - self._promised(account)
        return left > 0 if self._drawn["credits needed"] != "all" else left >= count

    def _promised(self, account: Account) -> int:
        return 0 if self._drawn["charged"] == "at the start" else account.promised

    # From the start to the end

    def _start(self, account: Account, order: Order) -> Job:
        now = account.timeline.now()
        takes = self._duration(account, order)
        job = Job(self.next_number(), order, now, now if order.queues else now + takes)
        account.lock.take(job.number, now + LOCK_MS)
        account.running.append(job)
        failed = self._fails()
        if not failed and self._drawn["charged"] == "at the start":
            self._pay(account, order)
        account.timeline.at(job.ends, lambda at: self._end(account, job, at, ready=at + takes, failed=failed))
        account.timeline.catch_up()
        return job

    def _end(self, account: Account, job: Job, at: int, *, ready: int, failed: bool) -> None:
        account.running.remove(job)
        if self._drawn["lock release"] == "completion":
            self._release(account, job, ready)
        job.done = True
        until = ready if job.order.queues else at
        if failed:
            if self._drawn["failed requests"] == "keep all images but the last":
                self.add_pictures(account, replace(job.order, count=job.order.count - 1), at, until)
            elif self._drawn["failed requests"] == "make nothing and cost credits":
                self._pay(account, job.order)
            return
        if self._drawn["charged"] != "at the start":
            self._pay(account, job.order)
        job.pictures = self.add_pictures(account, job.order, at, until)

    def _release(self, account: Account, job: Job, ready: int) -> None:
        if job.order.queues and self._drawn["queued lock"] == "held until the picture is ready":
            account.timeline.at(ready, lambda _: account.lock.free(job.number))
        else:
            account.lock.free(job.number)

    def _fails(self) -> bool:
        every = self._drawn["failed generations"]
        return bool(every) and next(self._finished) % every == 0

    def _duration(self, account: Account, order: Order) -> int:
        if account.generation_ms is not None:
            return account.generation_ms
        drawn: int = self._drawn["generation time"]
        return drawn if drawn >= 0 else _BY_ENGINE_MS * (2 + len(order.engine) % 5)

    def _pay(self, account: Account, order: Order) -> None:
        if self._sandbox:
            return
        price = order.count
        if self._drawn["credits needed"] == "one, down to zero":
            price = min(price, account.credits)
        self._accounts.charge(account, price, order.count)
        match self._drawn["daily limit counts"]:
            case "images":
                self._accounts.use(account, order.count)
            case "requests served":
                self._accounts.use(account, 1)

    def add_pictures(self, account: Account, order: Order, at: int, ready: int) -> list[Picture]:
        return [self._picture(account, order, at, ready) for _ in range(order.count)]

    def _picture(self, account: Account, order: Order, at: int, ready: int) -> Picture:
        number = self.next_number()
        ids = self._drawn["ids"]
        id_ = _FIRST_IDS.get(ids, 3) + _STEPS.get(ids, 1) * number
        title = self._title(order, number)
        folder = "storage/\u5199\u771f & more" if self._drawn["output"] == "with other letters" else "uploads"
        picture = Picture(id_, title, f"{folder}/{number}-{title}", order, at, ready, number)
        self.by_path[picture.path] = picture
        account.pictures.append(picture)
        return picture

    def _title(self, order: Order, number: int) -> str:
        match self._drawn["titles"]:
            case "prompt in words":
                return "-".join(word for word in order.prompt.lower().split() if word.isalnum())[:40] + ".png"
            case "hash":
                return f"{number * 2654435761 % 2**64:016x}.webp"
            case "without suffix":
                return "Image"
        return f"{order.engine}-{number}.png"
