"""Deviations of `created_at`: other moments, and correct ones in another form."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from contract_tests.wrong_servers.catalogue import altered, breaks, variant
from contract_tests.wrong_servers.clock import stamp
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.state import Account, Image

Change = Callable[[datetime], str]
_MAX_HOURS = 12


def _later(**by: float) -> Change:
    return lambda time: _text(time + timedelta(**by))


def _text(time: datetime) -> str:
    return time.isoformat(timespec="seconds").replace("+00:00", "Z")


def _in_zone(hours: float) -> Callable[[datetime], datetime]:
    return lambda time: time.astimezone(timezone(timedelta(hours=hours)))


def _restamped(change: Change) -> Any:
    return altered("listed", lambda entry: entry | {"created_at": change(datetime.fromisoformat(entry["created_at"]))})


_WRONG: tuple[tuple[str, str, Change], ...] = (
    ("a-day-ahead", "created_at is a day ahead.", _later(days=1)),
    ("a-day-behind", "created_at is a day behind.", _later(days=-1)),
    ("in-another-month", "created_at has another month.", _later(days=31)),
    ("in-1970", "created_at is the first second of 1970.", lambda _: "1970-01-01T00:00:00Z"),
    ("in-year-one", "created_at is the first second of year 1.", lambda _: "0001-01-01T00:00:00Z"),
    ("always-the-example", "created_at is the example of the documentation.", lambda _: "2025-02-26T10:00:00Z"),
    ("in-local-time", "created_at is in local time, without its zone.", lambda time: _text(time)[:19]),
    ("as-date", "created_at is a date without a time.", lambda time: _text(time)[:10]),
)
for _name, _sentence, _change in _WRONG:
    variant(f"created-{_name}", "SHAPE", _sentence, listed=_restamped(_change))

_SHIFTED: tuple[tuple[str, str, Change], ...] = (
    ("two-hours-late", "created_at is in the time of Athens, and says UTC.", _later(hours=2)),
    ("nine-hours-early", "created_at is in the time of the Marquesas, and says UTC.", _later(hours=-9.5)),
    ("three-minutes-late", "The clock of the images is 3 minutes ahead.", _later(minutes=3)),
)
for _name, _sentence, _change in _SHIFTED:
    variant(f"created-{_name}", "RECENT-TIME", _sentence, kind="assumed", listed=_restamped(_change))

_RIGHT: tuple[tuple[str, str, Change], ...] = (
    ("in-a-zone", "created_at has the offset of a time zone.", lambda time: _text(_in_zone(5.5)(time))),
    ("in-nanoseconds", "created_at has nine digits behind the point.", lambda time: f"{_text(time)[:19]}.123456789Z"),
)
for _name, _sentence, _change in _RIGHT:
    variant(f"created-{_name}", "", _sentence, kind="conforming", listed=_restamped(_change))


@breaks("SHAPE", how="created_at is off by other hours for each image.")
class CreatedAtRandom(Service):
    def listed(self, image: Image) -> dict[str, Any]:
        hours = image.id * 7919 % (2 * _MAX_HOURS) - _MAX_HOURS
        return super().listed(replace(image, created=image.created + hours * 3_600_000))


@breaks("SHAPE", how="created_at is the time of the list.")
class CreatedWhenListed(Service):
    def recent_of(self, account: Account) -> list[Image]:
        return [replace(image, created=account.clock.now()) for image in super().recent_of(account)]


@breaks("SHAPE", how="The images of the past are created in the future.", modes=("black-box",))
class PastInTheFuture(Service):
    past = 3

    def listed(self, image: Image) -> dict[str, Any]:
        return {**super().listed(image), "created_at": stamp(image.created + 3 * 24 * 3_600_000)}
