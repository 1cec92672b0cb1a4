"""Requests to generate-image, accepted and refused, and its responses."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.checks.decisions import decides
from contract_tests.checks.listing import expect_ready
from contract_tests.checks.pictures import judge_images, judge_pictures, judge_storage, picture_size
from contract_tests.client.api import Api
from contract_tests.client.call import Reply, Upload
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError, UndocumentedLimitError
from contract_tests.oracle import samples
from contract_tests.oracle.engines import (
    Engine,
    Fields,
    load_engines,
    prompt_of,
    source_field,
    with_count,
    with_engine,
    with_prompt,
)
from contract_tests.oracle.facts import ACCOUNT_REFUSALS
from contract_tests.oracle.replies import about_parameters, error_fields, made, own_limit, refused_as_unknown
from contract_tests.oracle.samples import UNKNOWN_ENGINE, Sample
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

# The engines that a JSON request can use, by name.
ENGINES = {engine.name: engine for engine in load_engines() if not engine.form}
WITHOUT_SOURCE = ("image-to-image-without-source", "upscale-without-source")
PROMPT = (
    "A sign:\n\u201cCafe\u0301 & Caf\u00e9\u201d, <b>Stra\u00dfe</b> & 'TEA'  at 50% \u2014 "
    "\u65e5\u672c\u8a9e, \u0639\u0631\u0628\u064a, \U0001f98a; \\n {{ 7 * 7 }} ${HOME}; " + "and so on, " * 18 + "END"
)


def _engines() -> Iterator[Any]:
    """Yield each engine by name, with the rules that an image of it can decide."""
    for name, engine in ENGINES.items():
        sized = ("IMG-SIZE",) if engine.role("size") else ()
        queued = ("QUEUED",) if engine.queues else ()
        rules = ("SHAPE", "IMG-COUNT", "IMG-INPUT", "IMG-GET", "ENGINES", *sized, *queued)
        yield pytest.param(name, marks=decides(*rules, credits=1, seconds=2))


@pytest.mark.parametrize("name", list(_engines()))
def test_every_engine_makes_its_image(primary: Api, verdict: Verdict, run: Run, name: str) -> None:
    """One image with every modifier, as JSON and as a form in turn; the prompt comes back in any script."""
    engine, place = ENGINES[name], list(ENGINES).index(name)
    # The hardest prompt once as JSON and once as a form, random ones for the other engines.
    prompt = PROMPT if place < 2 else samples.any_prompt(run.settings.seed + place)
    form = dict[str, Upload]() if place % 2 else None
    try:
        fields, images, reply = _made_by(primary, engine, prompt, form)
    except (InconclusiveError, UndocumentedLimitError):
        _expect_known(primary, verdict, engine, form)
        raise
    verdict.expect("ENGINES", True, expected="an engine that the service knows", received="it", by=reply)
    verdict.expect_status("SHAPE", reply, 200, "with the documented images")
    judge_images(verdict, fields, images, reply)
    picture = judge_pictures(verdict, primary, fields, images, reply)
    if engine.queues:
        expect_ready(verdict, images, primary.recent(), placeholder=picture_size(picture) is None)


def _expect_known(api: Api, verdict: Verdict, engine: Engine, form: dict[str, Upload] | None) -> None:
    """Check that an engine that was refused is not refused as an invented one is."""
    refused = api.trail[-1] if api.trail else None
    if not refused or not about_parameters(refused):
        return
    fields = with_engine(engine.modified(engine.sample("An engine that may be unknown")), UNKNOWN_ENGINE)
    invented = api.generate(fields, form)
    if refused_as_unknown(engine.name, refused, UNKNOWN_ENGINE, invented):
        expected, received = f"the engine {engine.name}", "the refusal of an unknown engine"
        verdict.expect("ENGINES", False, expected=expected, received=received, by=(refused, invented))


def _made_by(
    api: Api, engine: Engine, prompt: str, files: dict[str, Upload] | None
) -> tuple[Fields, list[dict[str, Any]], Reply]:
    """Make an image by an engine, in the first size that the service does not refuse."""
    if not engine.documented:
        fields = engine.modified(engine.sample(prompt))
        reply = api.generate_when_ready(fields, files)
        if not made(reply):
            raise InconclusiveError(f"{engine.name} was answered {reply.status}, and its parameters are an assumption")
        return fields, images_of(reply), reply
    limit = UndocumentedLimitError(f"the service offers no size of {engine.name}")
    for fields in map(engine.modified, engine.samples(prompt)):
        try:
            return fields, *api.images(fields, files)
        except UndocumentedLimitError as error:
            limit = error
    raise limit


@decides("VALID-TRIM", credits=1, seconds=3)
def test_text_is_trimmed_and_unknown_fields_are_ignored(primary: Api, verdict: Verdict) -> None:
    fields = primary.simplest
    prompt = prompt_of(fields)
    padded = with_prompt(fields, f"  {prompt}\t ")
    unusual = {**padded, "mood": None, "an_unknown_field": "1"}
    reply = primary.generate_again(unusual)
    # A refusal without a name may be about anything else.
    if own_limit(unusual, reply):
        primary.images(fields)
    if reply.status in ACCOUNT_REFUSALS:
        raise InconclusiveError(f"the generation was refused with {reply.status}")
    inputs = [image.get("input") for image in images_of(reply)] if made(reply) else reply.status
    verdict.expect(
        "VALID-TRIM", inputs == [prompt], expected=f"200, and input {[prompt]}", received=str(inputs), by=reply
    )


@decides("VALID-422", "VALID-TRIM", credits=1, seconds=2, quick=True, free_with_role="empty")
def test_invalid_parameters_are_refused(primary: Api, refused: Api, verdict: Verdict) -> None:
    for sample in samples.all_invalid():
        # These have a rule of their own, I2I-SRC.
        if sample.name in WITHOUT_SOURCE:
            continue
        _, reply = _refusal(refused, primary, sample)
        # Each one that is accepted costs a credit, so the first ends the test.
        verdict.require_status("VALID-422", reply, 422, f"({sample.summary})")
        _expect_errors(verdict, sample, reply)
    fields = samples.valid("productImage").fields
    for blank in ("   ", "", None):
        _, reply = _refusal(refused, primary, Sample("blank", "", {**fields, "description": blank}))
        verdict.require_status("VALID-TRIM", reply, 422, "for a blank prompt")


@decides("I2I-SRC", credits=2, quick=True, free_with_role="empty")
def test_a_type_with_a_source_needs_an_image(primary: Api, refused: Api, verdict: Verdict) -> None:
    """Any refusal is in keeping, if it is about the missing image."""
    for sample in map(samples.invalid, WITHOUT_SOURCE):
        replies = [_refusal(refused, primary, sample, form=form) for form in (False, True)]
        for _, reply in replies:
            verdict.step("I2I-SRC", not made(reply), expected="a refusal", received="images", by=reply)
        _require_about_source(replies, sample)
        for _, reply in replies:
            verdict.expect("I2I-SRC", True, expected="a refusal", received=str(reply.status), by=reply)
            verdict.expect_status("VALID-422", reply, 422, f"({sample.summary})")


def _require_about_source(replies: list[tuple[Api, Reply]], sample: Sample) -> None:
    """Raise InconclusiveError if a refusal may be about anything but the missing source."""
    for api, reply in replies:
        named = error_fields(reply)
        if source_field() in named:
            continue
        if named:
            raise UndocumentedLimitError(f"the service refuses {', '.join(named)}")
        # Without a name, it is about the source if the same request with one is not refused in this way.
        complete = api.generate(sample.fields, {source_field(): samples.upload("teapot.png")})
        if complete.status == reply.status and not made(complete):
            raise InconclusiveError(f"with and without a source the service answered {reply.status}")
        # Each costs a credit, and one request shows enough.
        return


def _refusal(refused: Api, primary: Api, sample: Sample, *, form: bool = False) -> tuple[Api, Reply]:
    """Return a reply about the parameters; try the primary account if the first one is refused for its state."""
    for api in dict.fromkeys((refused, primary)):
        files: dict[str, Upload] | None = {} if form else None
        reply = api.generate(sample.fields, files)
        # Where all accounts share the lock, another one may hold it.
        if reply.status == 409:
            reply = api.generate_when_ready(sample.fields, files)
        if reply.status not in ACCOUNT_REFUSALS:
            return api, reply
    raise InconclusiveError(f"the account is refused with {reply.status} before its parameters are checked")


def _expect_errors(verdict: Verdict, sample: Sample, reply: Reply) -> None:
    received = set(error_fields(reply))
    verdict.expect(
        "VALID-422",
        set(sample.errors) <= received,
        expected=f"errors for {', '.join(sample.errors)} ({sample.summary})",
        received=f"errors for {', '.join(sorted(received)) or 'no field'}",
        by=reply,
    )


@decides("IMG-COUNT", "IMG-INPUT", "IMG-GET", "IMG-SIZE", "IMG-STORAGE", credits=4, seconds=8)
def test_every_image_has_its_picture(primary: Api, verdict: Verdict) -> None:
    fields = with_count(samples.valid("multiPrompt").fields, 4)
    images, reply = primary.images(fields)
    judge_images(verdict, fields, images, reply)
    judge_pictures(verdict, primary, fields, images, reply)
    judge_storage(verdict, reply)
