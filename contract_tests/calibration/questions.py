"""The questions that replies answer: each is about few settings, and what it shows follows from a reading alone."""

from collections.abc import Hashable
from dataclasses import replace
from functools import cache

from contract_tests.calibration.readings import Question, Reading, shows

ORDER = "refusal_order"
INVALID, LOCKED, LIMITED, POOR = "invalid", "locked", "daily-limit", "no-credits"
_TWO = 2
# Whether an engine queues shows in its every reply, unlike a detail of some.
_OF_EVERY_REPLY = 2.0


@cache
def shown(setting: str) -> Question:
    """Return the question whose outcome is the value of a setting, the same object for the same setting."""
    return shows(setting)


@cache
def first_of(one: str, other: str) -> Question:
    """Return the question which of two reasons a request is refused for that has both."""

    def predict(reading: Reading) -> Hashable:
        return min((one, other), key=reading[ORDER].index)

    return Question(f"{one} or {other} first", (ORDER,), predict)


def _refusal(reading: Reading, other: str, *, invalid: bool) -> Hashable:
    """Return what a request is refused for that is refused for `other` anyway."""
    return first_of(INVALID, other).predict(reading) if invalid else other


@cache
def locked_or_poor() -> Question:
    """Return the question what more images than there are credits are refused for while a generation runs."""

    def predict(reading: Reading) -> Hashable:
        return LOCKED if reading["credit_need"] == "any" else first_of(LOCKED, POOR).predict(reading)

    return Question("locked or no-credits first", (ORDER, "credit_need"), predict)


@cache
def locked_or_limited() -> Question:
    """Return the question what more images than a day has left are refused for while a generation runs."""

    def predict(reading: Reading) -> Hashable:
        return first_of(LOCKED, LIMITED).predict(reading) if reading["daily_unit"] == "images" else LOCKED

    return Question("locked or daily-limit first", (ORDER, "daily_unit"), predict)


@cache
def queues(engine: str) -> Question:
    """Return the question whether an engine answers before its pictures are ready."""
    return Question(
        f"{engine} queued", ("queued_engines",), lambda reading: engine in reading["queued_engines"], _OF_EVERY_REPLY
    )


@cache
def offers(engine: str) -> Question:
    """Return the question whether an engine is offered."""
    return Question(f"{engine} offered", ("absent_engines",), lambda reading: engine not in reading["absent_engines"])


@cache
def offered_to(engine: str, refusal: str) -> Question:
    """Return the question what a request for an engine is refused for, by an account that is refused anyway."""

    def predict(reading: Reading) -> Hashable:
        absent = engine in reading["absent_engines"]
        return _refusal(reading, refusal, invalid=absent)

    return Question(f"{engine} offered, {refusal}", ("absent_engines", ORDER), predict)


@cache
def has_size(size: str) -> Question:
    """Return the question whether a listed size is offered."""
    return Question(f"{size} offered", ("absent_sizes",), lambda reading: size not in reading["absent_sizes"])


@cache
def beyond_another_limit(question: Question) -> Question:
    """Return a question about a limit, as a refusal answers it that names another limit too."""
    return replace(question, name=f"{question.name}, beyond another limit")


@cache
def takes(count: int) -> Question:
    """Return the question whether a service makes as many images at once."""
    return Question(f"{count} images at once", ("max_images",), lambda reading: reading["max_images"].least >= count)


@cache
def two_while_locked() -> Question:
    """Return the question what a request for two images is refused for while a generation runs."""

    def predict(reading: Reading) -> Hashable:
        beyond = reading["max_images"].most < _TWO
        return _refusal(reading, LOCKED, invalid=beyond)

    return Question("locked or two images at once", ("max_images", ORDER), predict)


@cache
def urlencoded(refusal: str) -> Question:
    """Return the question what a valid form without files is refused for, by an account that is refused anyway."""

    def predict(reading: Reading) -> Hashable:
        unread = reading["urlencoded"] == "refused"
        return _refusal(reading, refusal, invalid=unread)

    return Question(f"urlencoded, {refusal}", ("urlencoded", ORDER), predict)


@cache
def invisible_prompt(refusal: str) -> Question:
    """Return the question what an invisible prompt is refused for, by an account that is refused anyway."""

    def predict(reading: Reading) -> Hashable:
        absent = reading["text_trimming"] == "unicode"
        return _refusal(reading, refusal, invalid=absent)

    return Question(f"invisible prompt, {refusal}", ("text_trimming", ORDER), predict)


@cache
def rate_shown() -> Question:
    """Return the question which limit the headers of a reply that was not refused state."""

    def predict(reading: Reading) -> Hashable:
        return reading["rate_limit"] if reading["rate_limit_headers"] == "always" else "none"

    return Question("rate limit in headers", ("rate_limit", "rate_limit_headers"), predict)
