"""The experiments with a price as data: generations, and requests that only a service without a limit serves."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from contract_tests.calibration.choice import Cost, Experiment, Spent
from contract_tests.calibration.questions import (
    INVALID,
    LOCKED,
    beyond_another_limit,
    first_of,
    has_size,
    locked_or_limited,
    locked_or_poor,
    offered_to,
    offers,
    queues,
    shown,
    takes,
    two_while_locked,
)
from contract_tests.calibration.readings import RANGES, Question, Reading
from contract_tests.calibration.sightings import COUNTS
from contract_tests.oracle.engines import listed_size, listed_sizes, load_engines, never_queues
from contract_tests.oracle.settings import engine_names

LOCKED_FIELDS = ("locked_status_field", "locked_message_field")
# The settings that the reply to every generation shows, whatever its engine.
_OF_ENTRIES = ("output_form", "image_storage", "further_fields")
BEYOND = "requests beyond a limit"
_PAYING = ("low", "primary")
_SECONDS_OF_GENERATION = 4.0


def has_made(images: int) -> Callable[[Spent], bool]:
    return lambda spent: any(spent.by(role) >= images for role in _PAYING)


def priced(figures: Mapping[str, int]) -> Iterator[Experiment]:
    """Yield the experiments with a price. figures: as in experiments.py."""
    # The account whose balance is known pays first: what it has left is the price of its own experiment.
    payers = [role for role in _PAYING if role in figures]
    for role in reversed(payers):
        yield _beyond_a_limit(role, figures[role])
    for role in payers:
        yield from _overlaps(role, figures[role])
    for engine in sorted(engine_names(), key=never_queues):
        for role in payers:
            yield _generation(engine, role, figures[role])
    for role in payers:
        yield from _several(role, figures[role])
    if low := figures.get("low"):
        yield _too_many(low)
    if left := figures.get("almost_limited"):
        yield _day(left)


def _beyond_a_limit(role: str, credits_: int) -> Experiment:
    """Return the requests with a prompt that is too long for any service, which cost nothing if it has a limit.

    A refusal that names the prompt also names what else is beyond a limit, whatever is checked before the parameters.
    """
    others = (*map(offers, engine_names()), *map(has_size, listed_sizes()), *map(takes, COUNTS))
    questions = (shown("limit_status"), shown("limit_body"), *map(beyond_another_limit, others))
    name, lengths = f"{BEYOND}, {role}", RANGES["max_text_length"]

    def paid(reading: Reading, _: Spent) -> int:
        return int(reading.get("max_text_length") == lengths[-1])

    # A second time, a service without a limit would be paid again.
    affords = _affords(role, credits_)
    return Experiment(
        name,
        questions,
        (role,),
        # Only the last range is not a limit.
        Cost(lambda _: 1, paid, usual=1 / len(lengths)),
        lambda spent: affords(spent) and name not in spent.conducted,
        _SECONDS_OF_GENERATION,
    )


def _overlaps(role: str, credits_: int) -> Iterator[Experiment]:
    """Yield the experiments with calls during a generation, one of which is a generation too, refused by the lock."""
    settings = (*_OF_ENTRIES, "input_modifiers", "text_trimming", "lock_release", *LOCKED_FIELDS)
    # Another role watches an engine that may queue, and none of those has modifiers.
    shows = [name for name in settings if role == "low" or name != "input_modifiers"]
    questions = (*map(shown, shows), first_of(INVALID, LOCKED))
    # The other generation of `low` is for all its credits, so that it exceeds them.
    questions += (locked_or_poor(),) if role == "low" else _while_locked()

    def worst(spent: Spent) -> int:
        return 1 + max(1, credits_ - spent.by("low") if role == "low" else 1)

    plain = Experiment(
        f"calls during a generation, {role}",
        questions,
        (role,),
        Cost(worst, lambda _, __: 1, usual=1),
        _affords(role, credits_),
        _SECONDS_OF_GENERATION,
        incidental=_first_sizes(),
    )
    yield replace(
        plain,
        name=f"calls of two accounts during a generation, {role}",
        questions=(*questions, shown("lock_scope")),
        roles=(role, "secondary"),
    )
    yield plain


def _while_locked() -> tuple[Question, ...]:
    """Return what valid requests show that are refused by the lock, or for a limit before it."""
    return (two_while_locked(), *(offered_to(engine, LOCKED) for engine in engine_names()))


def _first_sizes() -> tuple[Question, ...]:
    """Return the questions about the first size of each engine whose sizes the document lists."""
    sizes = [listed_size(engine.sample("")) for engine in load_engines() if not engine.needs_source]
    return tuple(has_size(size) for size in sizes if size)


def _generation(engine: str, role: str, credits_: int) -> Experiment:
    """Return the generation of one image. credits_: those of the role `low`."""
    schemas = [each for each in load_engines() if each.name == engine]
    texts = ("input_modifiers", "text_trimming") if schemas[0].modifiers else ("text_trimming",)
    own = (queues(engine),) if any(each.queues for each in schemas) else ()
    questions = (offers(engine), *own, *map(shown, (*_OF_ENTRIES, *texts, "lock_release")))
    ready = _affords(role, credits_)
    cost = Cost(lambda _: 1, lambda reading, _: int(_offered(engine, reading)), ("absent_engines",), 1)
    return Experiment(
        f"generation, {engine}, {role}",
        questions,
        (role,),
        cost,
        ready,
        _SECONDS_OF_GENERATION,
        partial(_offered, engine),
        (shown("queued_lock"),) if own else (),
    )


def _several(role: str, credits_: int) -> Iterator[Experiment]:
    """Yield the generations of several images at once, which cost nothing if they are too many."""

    def ready(count: int, spent: Spent) -> bool:
        return role != "low" or spent.by("low") + count < credits_

    def paid(count: int, reading: Reading, _: Spent) -> int:
        return count if reading["max_images"].least >= count else 0

    for count in COUNTS:
        yield Experiment(
            f"images at once, {count}, {role}",
            (takes(count),),
            (role,),
            Cost(partial(_worth, count), partial(paid, count), ("max_images",)),
            partial(ready, count),
            _SECONDS_OF_GENERATION,
        )


def _worth(count: int, _: Spent) -> int:
    return count


def _offered(engine: str, reading: Reading) -> bool:
    return engine not in reading["absent_engines"]


def _affords(role: str, credits_: int) -> Callable[[Spent], bool]:
    """Return whether an account has a credit to spend, and `low` one more, for the request that exceeds its credits."""
    return lambda spent: role != "low" or spent.by("low") < credits_ - 1


def _too_many(figure: int) -> Experiment:
    """Return the request for one image more than an account has credits for."""

    def asked(spent: Spent) -> int:
        return figure - spent.by("low") + 1

    def paid(reading: Reading, spent: Spent) -> int:
        return asked(spent) if reading["credit_need"] == "any" else 0

    # One more is requested if they were served, to see that the credits are used up.
    cost = Cost(lambda spent: asked(spent) + 1, paid, ("credit_need",))
    return Experiment(
        "more images than credits", (shown("credit_need"),), ("low",), cost, lambda spent: asked(spent) > 1
    )


def _day(left: int) -> Experiment:
    """Return the refused requests, then images of a day that has few left. left: how many."""

    def paid(reading: Reading, _: Spent) -> int:
        return {"images": 1, "requests": left + 1, "attempts": 0}[reading["daily_unit"]]

    return Experiment(
        "last images of the day",
        (shown("daily_unit"), *((locked_or_limited(),) if left > 1 else ())),
        ("almost_limited",),
        Cost(lambda _: left + 1, paid, ("daily_unit",)),
        lambda spent: not spent.by("almost_limited"),
        2 * _SECONDS_OF_GENERATION,
    )
