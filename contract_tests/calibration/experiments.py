"""The experiments as data: the questions that each asks, its worst cost, the accounts that it needs.

An experiment is free if every reply that it may get costs nothing: its requests are invalid under every reading, or of
an account that is never charged.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from contract_tests.calibration.choice import Cost, Experiment, Spent
from contract_tests.calibration.questions import (
    INVALID,
    LIMITED,
    LOCKED,
    POOR,
    first_of,
    has_size,
    invisible_prompt,
    locked_or_limited,
    locked_or_poor,
    offered_to,
    offers,
    queues,
    rate_shown,
    shown,
    takes,
    two_while_locked,
    urlencoded,
)
from contract_tests.calibration.readings import Question, Reading
from contract_tests.calibration.sightings import COUNTS, listed_size
from contract_tests.oracle.engines import load_engines, never_queues
from contract_tests.oracle.settings import engine_names, load_settings

# The settings that the reply to every generation shows, whatever its engine.
_OF_ENTRIES = ("output_form", "image_storage", "further_fields")
_UNAUTHENTICATED = ("error_body", "unauthenticated_status", "unauthenticated_body")
_LOCKED_FIELDS = ("locked_status_field", "locked_message_field")
_LIMITS = ("max_images", "max_text_length", "max_upload_bytes")
_REFUSED_FOR = {"empty": POOR, "limited": LIMITED, "busy": LOCKED}
_PAYING = ("low", "primary")
_SECONDS_OF_GENERATION = 4.0


def experiments(figures: Mapping[str, int]) -> list[Experiment]:
    """Return the experiments for the accounts of a target, without those that no known setting is asked by.

    figures: the roles of the target, with the credits of `low` and the images left of `almost_limited`.
    """
    found = [*_free(), *(each for role in _REFUSED_FOR for each in _refused(role)), *_paid(figures)]
    asked = [
        replace(
            each,
            questions=tuple(filter(_is_known, each.questions)),
            incidental=tuple(filter(_is_known, each.incidental)),
        )
        for each in found
    ]
    return [each for each in asked if each.questions and set(each.roles) <= {*figures, "anonymous"}]


def _is_known(question: Question) -> bool:
    return load_settings().keys() >= set(question.settings)


def _free() -> Iterator[Experiment]:
    yield Experiment("unknown path", (shown("error_body"), shown("unknown_path_body")))
    yield Experiment("trailing slash", (shown("trailing_slash"),))
    yield Experiment("path without v1", (shown("unversioned_paths"),))
    yield Experiment("no token", tuple(map(shown, _UNAUTHENTICATED)), ("anonymous",))
    yield Experiment("no token or JSON accepted", (shown("without_accept"),), ("anonymous",))
    yield Experiment("preflight of a browser", (shown("cors"),), ("anonymous",))
    yield Experiment("rate limit in headers", (rate_shown(),))
    yield Experiment("invalid request", (shown("invalid_status"), shown("invalid_body"), shown("error_body")))
    yield Experiment("recent images", (shown("created_at"), shown("output_form")), ready=_has_made(1))
    yield Experiment("two recent images", (shown("recent_order"),), ready=_has_made(2))


def _has_made(images: int) -> Callable[[Spent], bool]:
    return lambda spent: any(spent.by(role) >= images for role in _PAYING)


def _refused(role: str) -> Iterator[Experiment]:
    """Yield the experiments with an account whose generations are refused anyway."""
    refusal = _REFUSED_FOR[role]
    bodies = {"busy": tuple(map(shown, _LOCKED_FIELDS)), "limited": (shown("daily_limit_body"),)}.get(role, ())
    # Only a lock may have ended, so that the request is served.
    risk = 1 if role == "busy" else 0
    yield Experiment(f"invalid, {role}", (first_of(INVALID, refusal),), (role,))
    yield Experiment(f"valid, {role}", (*bodies, shown("error_body")), (role,), Cost(lambda _: risk))
    if risk:
        return
    yield Experiment(f"urlencoded, {role}", (urlencoded(refusal),), (role,))
    yield Experiment(f"invisible prompt, {role}", (invisible_prompt(refusal),), (role,))
    shapes = (shown("limit_status"), shown("limit_body"))
    for engine in engine_names():
        yield Experiment(f"offer, {engine}, {role}", (offered_to(engine, refusal),), (role,))
    for limit in _LIMITS:
        questions = (shown(limit), *(() if limit == "max_upload_bytes" else shapes))
        yield Experiment(f"bound, {limit}, {role}", questions, (role,), seconds=5)


def _paid(figures: Mapping[str, int]) -> Iterator[Experiment]:
    # The account whose balance is known pays first: what it has left is the price of its own experiment.
    payers = [role for role in _PAYING if role in figures]
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


def _overlaps(role: str, credits_: int) -> Iterator[Experiment]:
    """Yield the experiments with calls during a generation, one of which is a generation too, refused by the lock."""
    settings = (*_OF_ENTRIES, "input_modifiers", "text_trimming", "lock_release", *_LOCKED_FIELDS)
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
