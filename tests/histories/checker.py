"""Conditions that every history must meet, derived from the answers alone; no code is shared with the mock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from contract_tests.oracle.facts import LOCK_SECONDS
from histories.history import History

LOCK = timedelta(seconds=LOCK_SECONDS)
DAY_TURNS = datetime.fromisoformat("2026-02-27T00:00:00Z")


@dataclass(frozen=True)
class Hold:
    """The interval in which a generation holds the lock. end: exclusive."""

    request: str
    begin: datetime
    end: datetime


def complaints(history: History) -> list[str]:
    """Return all complaints about a history."""
    return [
        *_lock_complaints(history),
        *_balance_complaints(history),
        *_image_complaints(history),
        *_refusal_complaints(history),
    ]


def holds(history: History) -> list[Hold]:
    """Return the holds of the lock: each for its generation, at most LOCK. [LOCK-10S]"""
    return [_hold(entry) for entry in _generations(history) if entry["status"] == 200]


def _hold(entry: dict[str, Any]) -> Hold:
    begin, end = _moment(entry), _moment(entry) + timedelta(seconds=entry["seconds"])
    kept = begin + LOCK if "stuck-lock" in entry["faults"] else end
    return Hold(entry["id"], begin, min(kept, begin + LOCK))


def _lock_complaints(history: History) -> Iterator[str]:
    held = sorted(holds(history), key=lambda hold: (hold.begin, hold.end))
    for before, after in pairwise(held):
        if after.begin < before.end:
            yield f"{after.request} acquired the lock that {before.request} held"
    for entry in history.journal:
        at = _moment(entry)
        locked = any(hold.begin <= at < hold.end for hold in held)
        if entry["status"] == 409 and not locked:
            yield f"{entry['id']} was refused with 409 while the lock was free"
        if entry["operation"] == "checkAvailability" and entry["status"] == 200 and _held_throughout(held, at):
            yield f"{entry['id']} found the service available while the lock was held"


def _held_throughout(held: list[Hold], at: datetime) -> bool:
    """Return whether the lock was held before and after an instant: at its edges both answers are valid."""
    return any(hold.begin < at < hold.end for hold in held)


def _balance_complaints(history: History) -> Iterator[str]:
    made = sum(len(entry["made"]) for entry in history.journal)
    if history.world["credits"] != history.credits - made:
        yield f"{history.credits} credits less {made} images are not {history.world['credits']}"
    worlds = [seen.answer.body for seen in history.seen if seen.step.kind == "world"]
    for world in [*worlds, history.world]:
        if world["credits"] < 0:
            yield f"the balance was {world['credits']}"
        if world["used_today"] > history.daily_limit:
            yield f"{world['used_today']} images were made of {history.daily_limit} a day"


def _image_complaints(history: History) -> Iterator[str]:
    made = [image for seen in _answered(history) for image in seen]
    ids = [image["id"] for image in made]
    if len(set(ids)) < len(ids):
        yield "two images have the same id"
    newest = sorted(made, key=lambda image: -image["id"])[:10]
    recent = [{name: value for name, value in image.items() if name != "created_at"} for image in history.recent]
    if recent != newest:
        yield f"the recent images {[each['id'] for each in recent]} are not the newest {[e['id'] for e in newest]}"
    stamps = [image["created_at"] for image in history.recent]
    if stamps != sorted(stamps, reverse=True):
        yield f"the recent images are not newest first: {stamps}"


def _answered(history: History) -> Iterator[list[dict[str, Any]]]:
    for seen in history.seen:
        body = seen.answer.body
        if seen.step.kind == "generate" and seen.answer.status == 200 and body["status"] == "success":
            if len(body["images"]) != seen.step.count:
                raise AssertionError(f"{seen.step.count} images were requested, {len(body['images'])} received")
            yield body["images"]


def _refusal_complaints(history: History) -> Iterator[str]:
    for entry in _generations(history):
        if entry["status"] not in (200, 409, 419, 429):
            yield f"{entry['id']} was answered {entry['status']}: {entry['reply']}"
        enough = history.credits - _made_before(history, entry) >= _requested(entry)
        if entry["status"] == 419 and enough and not _running(history, entry):
            yield f"{entry['id']} was refused with 419 though there were credits"
        if entry["status"] == 200 and entry["made"] and len(entry["made"]) != _requested(entry):
            yield f"{entry['id']} requested {_requested(entry)} images and got {len(entry['made'])}"


def _running(history: History, entry: dict[str, Any]) -> bool:
    """Return whether another generation was running, which can reserve credits."""
    at = _moment(entry)
    others = [each for each in _generations(history) if each["status"] == 200]
    return any(_moment(each) <= at < _moment(each) + timedelta(seconds=each["seconds"]) for each in others)


def _made_before(history: History, entry: dict[str, Any]) -> int:
    at = _moment(entry)
    done = [each for each in _generations(history) if _moment(each) + timedelta(seconds=each["seconds"]) <= at]
    return sum(len(each["made"]) for each in done)


def _generations(history: History) -> list[dict[str, Any]]:
    return [entry for entry in history.journal if entry["operation"] == "generateImage"]


def _requested(entry: dict[str, Any]) -> int:
    return int(entry["fields"]["image_number_of_images"])


def _moment(entry: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(entry["at"])
