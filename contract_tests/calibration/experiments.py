"""The experiments as data: the questions that each asks, its worst cost, the accounts that it needs.

An experiment is free if every reply that it may get costs nothing: its requests are invalid under every reading, or of
an account that is never charged.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from contract_tests.calibration.choice import Cost, Experiment
from contract_tests.calibration.priced import LOCKED_FIELDS, has_made, priced
from contract_tests.calibration.questions import (
    INVALID,
    LIMITED,
    LOCKED,
    POOR,
    first_of,
    invisible_prompt,
    offered_to,
    rate_shown,
    shown,
    urlencoded,
)
from contract_tests.calibration.readings import Question
from contract_tests.oracle.settings import engine_names, load_settings

_UNAUTHENTICATED = ("error_body", "unauthenticated_status", "unauthenticated_body")
_LIMITS = ("max_images", "max_text_length", "max_upload_bytes")
_REFUSED_FOR = {"empty": POOR, "limited": LIMITED, "busy": LOCKED}


def experiments(figures: Mapping[str, int]) -> list[Experiment]:
    """Return the experiments for the accounts of a target, without those that no known setting is asked by.

    figures: the roles of the target, with the credits of `low` and the images left of `almost_limited`.
    """
    found = [*_free(), *(each for role in _REFUSED_FOR for each in _refused(role)), *priced(figures)]
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
    yield Experiment("recent images", (shown("created_at"), shown("output_form")), ready=has_made(1))
    yield Experiment("two recent images", (shown("recent_order"),), ready=has_made(2))


def _refused(role: str) -> Iterator[Experiment]:
    """Yield the experiments with an account whose generations are refused anyway."""
    refusal = _REFUSED_FOR[role]
    bodies = {"busy": tuple(map(shown, LOCKED_FIELDS)), "limited": (shown("daily_limit_body"),)}.get(role, ())
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
