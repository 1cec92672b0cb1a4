"""What the control API answers with, and how it reads what it is told."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_MAX_BODY = 1_048_576
T = TypeVar("T")


def answer(body: object, status: int = 200) -> Response:
    """Return the body as JSON."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def problem(status: int, message: str) -> HTTPException:
    """Return what to raise where a call cannot be answered: the message says why, and what to do."""
    return HTTPException(status, message)


def asked(request: Request, *names: str) -> Mapping[str, str]:
    """Return the query parameters; raise a 422 for one that is none of `names`, or is said twice."""
    said = request.query_params.multi_items()
    for name, _ in said:
        if name not in names:
            raise problem(422, f"There is no parameter {name[:40]!a} here: there is {', '.join(names)}.")
    if len(said) > len(dict(said)):
        raise problem(422, "A parameter is said twice: say each once.")
    return dict(said)


async def told(request: Request, kind: type[T], limit: int = _MAX_BODY) -> T:
    """Return the request's body as `kind`, an empty one as an empty object; raise a 413 or 422."""
    body = await _body(request, limit)
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise problem(422, f"The body is not understood: {error}.") from error


async def _body(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise problem(413, f"The body is larger than {limit} bytes.")
    return bytes(body)
