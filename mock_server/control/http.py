"""HTTP of the control API: query parameters and JSON bodies in, JSON out, and the world that a call names."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mock_server.decoding import DecodingError, decode
from mock_server.domain.accounts import masked, world_name
from mock_server.faults import with_period
from mock_server.service import Caller, Service

_MAX_BODY_BYTES = 1_048_576
_MAX_INTEGER = 2**53  # beyond it a JSON number with a fraction is not exact
_TOKEN = re.compile(r"[!-~]+")
_WORLD_REFERENCE = re.compile(r"world:([0-9a-f]{16})")
T = TypeVar("T")


def json_response(body: object, status: int = 200) -> Response:
    """Return the body as JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def http_error(status: int, message: str) -> HTTPException:
    """Return the exception to raise for a call that cannot be answered. The message says why and what to do."""
    return HTTPException(status, message)


def invalid(what: str, error: Exception) -> HTTPException:
    """Return the 422 for a part of a request. error: its message is a sentence without its period."""
    return http_error(422, f"Invalid {what}: {with_period(str(error))}")


def query(request: Request, *names: str) -> Mapping[str, str]:
    """Return the query parameters; raise a 422 for a duplicate one or one that is not in `names`."""
    sent = request.query_params.multi_items()
    for name, _ in sent:
        if name not in names:
            raise http_error(422, f"Unknown query parameter {name[:40]!a}. Use: {', '.join(names)}.")
    if len(sent) > len(dict(sent)):
        raise http_error(422, "Duplicate query parameter.")
    return dict(sent)


async def read_json(request: Request, kind: type[T], max_bytes: int = _MAX_BODY_BYTES) -> T:
    """Return the body as `kind`, an empty one as an empty object; raise a 413 or 422."""
    body = await read_body(request, max_bytes)
    try:
        return _decoded(body or b"{}", kind)
    except (DecodingError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid("body", error) from error


def _decoded(body: bytes, kind: type[T]) -> T:
    """Return the body as `kind`. In JSON Schema, 10.0 is an integer."""
    try:
        value = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError:
        return decode(_with_integers(msgspec.json.decode(body)), kind, "the body")
    # A kind that is not declared in detail has accepted any number.
    return _with_integers(value) if isinstance(value, dict | list) else value


def _with_integers(value: Any) -> Any:
    """Return JSON with an integer in place of every number without a fraction."""
    if isinstance(value, dict):
        return {key: _with_integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_INTEGER else value


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Return the body; raise a 413, before more of it is read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise http_error(413, f"The body is larger than {max_bytes} bytes.")
    return bytes(body)


class ResolvedWorld(NamedTuple):
    """The world that a call names. token: as the response shows it, masked unless the call named it."""

    caller: Caller
    token: str


async def resolve_world(service: Service, request: Request) -> ResolvedWorld:
    """Return the world that the path names; raise a 404 or 422."""
    # The control API routes by the raw path, so that a token may contain a slash.
    return await resolve_token(service, unquote(request.path_params["token"]))


async def resolve_token(service: Service, token: str) -> ResolvedWorld:
    """Return the world of a token, or of the reference world:NAME; raise a 404 if it does not exist.

    Raise a 422 for a token that no client can send.
    """
    reference = _WORLD_REFERENCE.fullmatch(token)
    if reference:
        caller = await _caller_by_name(service, reference[1])
        return ResolvedWorld(caller, caller.token)
    if not _TOKEN.fullmatch(token):
        raise http_error(422, f"Invalid token {masked(token)!a}: use visible ASCII characters without spaces.")
    return ResolvedWorld(_caller_by_token(service, token), token)


def _caller_by_token(service: Service, token: str) -> Caller:
    caller = service.caller(token)
    if caller is None:
        raise http_error(404, f"The token {masked(token)} is not valid on this mock.")
    return caller


async def _caller_by_name(service: Service, name: str) -> Caller:
    """Return the caller whose world has the name. A listed account starts as listed, even before its first call."""
    accounts = service.accounts
    listed = next((token for token in accounts.listed if world_name(token) == name), None)
    if listed is not None:
        return _caller_by_token(service, listed)
    token = None if accounts.closed else await _masked_token(service, name)
    if token is None:
        raise http_error(404, f"World {name} not found; it may have been deleted or evicted.")
    return Caller(name, accounts.default, token)


async def _masked_token(service: Service, name: str) -> str | None:
    """Return the masked token that opened a world or called it; None if there was no call."""
    world = (await service.store.read(name)).world
    if world is not None:
        return world.token
    entries = await service.journal.entries(name)
    return entries[-1].token if entries else None
