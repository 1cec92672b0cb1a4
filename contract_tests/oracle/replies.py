"""Whether a reply to a generation means images or a refusal, in whatever form a service refuses."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from contract_tests.client.call import Reply
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.contract import is_service_error
from contract_tests.oracle.engines import Fields, count_field, engine_field, engine_of, size_fields, source_field

_UNNAMED = frozenset({200, 400, 422})
# No service can be of use that refuses prompts of this length.
_SHORT_PROMPT = 100
_SAYING = ("message", "errors", "error")
_UNSUPPORTED_TYPE = 415
_LIMITS = {403: "this request to the account (403)", 413: "a request of this size (413)"}


def made(reply: Reply) -> bool:
    """Return whether a generation was served: a 200 with `status: error` is a refusal [STATUS-ERROR]."""
    return 200 <= reply.status < 300 and not is_service_error(reply)


def made_none(reply: Reply) -> bool:
    """Return whether the reply itself says that no image was made, as to a request for 0 of them [VALID-422]."""
    try:
        body = reply.json()
    except InconclusiveError:
        return False
    return made(reply) and isinstance(body, dict) and body.get("images") == []


def own_limit(fields: Fields, reply: Reply) -> str | None:
    """Return which limit of its own a refusal of documented fields names, None for any other reply.

    No source limits the number of images, and the plan of an account may lack an engine or a size.
    """
    if made(reply):
        return None
    if reply.status in _LIMITS:
        return _LIMITS[reply.status]
    if reply.status not in _UNNAMED:
        return None
    named = error_fields(reply)
    if not named:
        return f"this request, without the name of a parameter ({reply.status})"
    limits = dict(_limits(fields))
    return " and ".join(limits[name] for name in sorted(named)) if set(named) <= limits.keys() else None


def _limits(fields: Fields) -> Iterator[tuple[str, str]]:
    """Yield the parameters that a service may limit, each with what it refuses then."""
    # The refusal of a single image is not a limit.
    if images_requested(fields) > 1:
        yield count_field(), f"{images_requested(fields)} images at once"
    for name in size_fields() & fields.keys():
        yield name, f"a size of {fields[name]}"
    yield engine_field(), f"the engine {fields.get(engine_field())}"
    engine = engine_of(fields)
    if engine and len(str(fields.get(engine.prompt))) > _SHORT_PROMPT:
        yield engine.prompt, "a prompt of this length"


def about_token(reply: Reply) -> bool:
    """Return whether a refusal is about the token, in whatever form [AUTH-401, NO-ACCEPT]."""
    return reply.status in {401, 403} or reply.redirects


def about_parameters(reply: Reply) -> bool:
    """Return whether a refusal is about the parameters, in whatever form [VALID-422, STATUS-ERROR]."""
    return reply.status in {400, 422} or (reply.status == 200 and not made(reply))


def error_fields(reply: Reply) -> list[str]:
    """Return the fields that a refusal names, in either form [VALID-422, ERROR-BODY]."""
    try:
        body = reply.json()
    except InconclusiveError:
        return []
    return list(_errors(body)) if isinstance(body, dict) else []


def _errors(body: Mapping[str, Any]) -> Mapping[str, Any]:
    envelope = body.get("error")
    errors = envelope.get("details") if isinstance(envelope, dict) else body.get("errors")
    return errors if isinstance(errors, dict) else {}


def refuses_source(reply: Reply) -> bool:
    """Return whether a refusal is also about the uploaded picture: no source says which ones a service takes."""
    named = {name.partition(".")[0] for name in error_fields(reply)}
    return not made(reply) and (reply.status == _UNSUPPORTED_TYPE or source_field() in named)


def refused_as_unknown(engine: str, reply: Reply, invented: str, other: Reply) -> bool:
    """Return whether an engine is refused as an invented one is, in words about the engine."""
    # A service that calls everything just invalid says nothing about the engine.
    if not about_parameters(reply) or not (engine_field() in error_fields(reply) or engine in _said(reply)):
        return False
    return reply.status == other.status and _said(reply).replace(engine, "") == _said(other).replace(invented, "")


def _said(reply: Reply) -> str:
    """Return what a refusal says, without the ids and times that some services add."""
    try:
        body = reply.json()
    except InconclusiveError:
        return reply.exchange.response_body
    return json.dumps({name: body.get(name) for name in _SAYING} if isinstance(body, dict) else body)


def images_requested(fields: Fields) -> int:
    """Return how many images a request asks for, as a lenient service may read it."""
    number = str(fields.get(count_field()))
    # isdigit also accepts digits like ², which int refuses.
    return int(number) if number.isascii() and number.isdigit() else 1
