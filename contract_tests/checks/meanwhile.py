"""The requests that are made while a generation runs: others, and such that generate nothing."""

from collections.abc import Callable

from contract_tests.checks.overlap import Overlap
from contract_tests.client.api import Api
from contract_tests.client.call import Reply
from contract_tests.oracle.engines import Fields, source_field, with_prompt
from contract_tests.oracle.replies import made
from contract_tests.oracle.samples import INVALID, plain_picture, valid
from contract_tests.runner.run import Run

_FROM_IMAGE = valid("enhancement")
Call = Callable[[], object]


def requests_meanwhile(api: Api, anonymous: Api, overlap: Overlap, run: Run) -> list[Reply]:
    """Request generations while one runs: by another engine, the same again, and from an image.

    Stops at the first that is served. After each comes a call that generates nothing, and must not free the lock.
    """
    replies: list[Reply] = []
    prompt = prompt_of_seconds(run)
    other, from_image = with_prompt([api.simplest, *api.others][-1], prompt), with_prompt(_FROM_IMAGE.fields, prompt)
    seconds = ((other, None), (api.simplest, None), (from_image, {source_field(): plain_picture()}))
    idle: tuple[Call, ...] = (
        lambda: api.generate(INVALID),
        lambda: request_without_token(anonymous, api.simplest, run),
        lambda: api.abort(api.simplest),
    )
    for (fields, files), call in zip(seconds, idle, strict=True):
        if overlap.running and not any(made(reply) for reply in replies):
            replies.append(api.generate(fields, files))
            overlap.check()
            call()
    return replies


def request_without_token(anonymous: Api, fields: Fields, run: Run) -> None:
    """Request a generation without a token; it must be refused."""
    # Where tokens are ignored, which is a finding of its own, it would be served.
    if not run.ignores_tokens:
        anonymous.call("generateImage", None, fields)


def prompt_of_seconds(run: Run) -> str:
    """Return a prompt by which an image of a refused request could be recognised."""
    return f"A sundial in the shade, number {run.settings.seed}."
