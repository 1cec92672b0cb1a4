"""The checker finds violations in histories that were tampered with."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from histories.checker import complaints, holds
from histories.history import History, Seen
from histories.test_histories import played


@pytest.fixture(scope="module")
def sound() -> History:
    """A history with several generations, refusals of the lock and more than ten images."""
    return next(
        history
        for history in map(played, range(100))
        if len(holds(history)) > 4 and len(history.recent) == 10 and _refused(history) and history.credits > 100
    )


def _refused(history: History) -> list[int]:
    return [place for place, entry in enumerate(history.journal) if entry["status"] == 409]


def _longest(history: History) -> int:
    entries = enumerate(history.journal[:-1])
    return max(entries, key=lambda each: each[1]["seconds"] if each[1]["status"] == 200 else -1)[0]


def one_credit_too_many(history: History) -> None:
    history.world["credits"] += 1


def a_negative_balance(history: History) -> None:
    history.world["credits"] = -1


def two_holders(history: History) -> None:
    place = _longest(history)
    history.journal[place + 1] = {**history.journal[place], "id": "another"}


def refused_while_free(history: History) -> None:
    history.journal[_refused(history)[0]]["at"] = "2030-01-01T00:00:00Z"


def available_while_held(history: History) -> None:
    hold = max(holds(history), key=lambda each: each.end - each.begin)
    middle = hold.begin + (hold.end - hold.begin) / 2
    free = {"operation": "checkAvailability", "status": 200, "at": middle.isoformat(), "id": "x", "made": []}
    history.journal.append(free)


def an_image_is_missing(history: History) -> None:
    history.recent.pop(3)


def another_order(history: History) -> None:
    history.recent.reverse()


def a_prompt_is_mangled(history: History) -> None:
    history.recent[0]["input"] += "!"


def an_id_stands_twice(history: History) -> None:
    place = next(place for place, seen in enumerate(history.seen) if _images(seen))
    history.seen.append(history.seen[place])


def refused_with_credits_left(history: History) -> None:
    place = next(each for each in _refused(history) if history.journal[each]["operation"] == "generateImage")
    at = "2026-02-26T23:59:39Z"
    history.journal[place] = {**history.journal[place], "status": 419, "rule": "CREDIT-419", "at": at}


def an_unknown_answer(history: History) -> None:
    history.journal[_longest(history)]["status"] = 503


def _images(seen: Seen) -> bool:
    return seen.step.kind == "generate" and seen.answer.status == 200 and bool(seen.answer.body["images"])


@pytest.mark.parametrize(
    "tamper",
    [
        one_credit_too_many,
        a_negative_balance,
        two_holders,
        refused_while_free,
        available_while_held,
        an_image_is_missing,
        another_order,
        a_prompt_is_mangled,
        an_id_stands_twice,
        refused_with_credits_left,
        an_unknown_answer,
    ],
)
def test_a_violation_is_found(sound: History, tamper: Callable[[History], None]) -> None:
    assert complaints(sound) == []
    history = deepcopy(sound)
    tamper(history)
    assert complaints(history) != []
