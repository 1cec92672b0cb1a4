"""Requests that the mock sends to the emulated API on behalf of a caller of the control API, such as the page.

A browser cannot show every end of a connection: it repeats a request whose reused connection was closed. Sent from
here, each request is sent once, and its reply is returned as it was, a lost one too.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote, unquote

import msgspec
from msgspec import UNSET, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message

from mock_server.domain.entry import PAGE
from mock_server.service.sending import Sending

from .http import http_error, json_response, read_json

_MAX_BODY_BYTES = 64 * 2**20
_PREFIXES = ("/api/", "/uploads/")
_BREAKS = re.compile(rb"[\r\n\0]")
_Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a POST. path: with the query; token: the bearer token; headers: further ones; body: as text, or as
    Base64; sender: "client" to let it count in coverage and verdict.
    """

    method: _Method
    path: str
    token: str | UnsetType = UNSET
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: str | UnsetType = UNSET
    base64: str | UnsetType = UNSET
    sender: Literal["page", "client"] = PAGE  # type: ignore[assignment]


async def send_request(api: ASGIApp, request: Request) -> Response:
    """Answer POST /requests: send a request, and return its reply; raise a 422."""
    sent = await read_json(request, Sent, _MAX_BODY_BYTES)
    body = _body(sent)
    path, _, query = sent.path.partition("?")
    if not unquote(path).startswith(_PREFIXES) or not sent.path.isprintable() or " " in sent.path:
        raise http_error(422, f"path takes a path of the API or of a picture, such as /api/v1/…, not {path[:80]!a}.")
    sending = Sending(sent.sender)
    scope = {
        **{name: request.scope[name] for name in ("type", "asgi", "http_version", "scheme", "server", "client")},
        "method": sent.method,
        "path": unquote(path),
        "raw_path": quote(path, safe="/%!$&'()*+,;=:@~").encode(),
        "query_string": quote(query, safe="/%!$&'()*+,;=:@~?").encode(),
        "root_path": "",
        "headers": _headers(sent, request, len(body)),
        "extensions": sending.extensions(),
    }
    return json_response(await _reply(api, scope, body, sending))


def _body(sent: Sent) -> bytes:
    if sent.base64 is UNSET:
        return b"" if sent.body is UNSET else sent.body.encode(errors="surrogatepass")
    if sent.body is not UNSET:
        raise http_error(422, "Invalid body: use one of body and base64.")
    try:
        return base64.b64decode(sent.base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise http_error(422, "Invalid body: base64 takes Base64 with the alphabet of RFC 4648, section 4.") from error


def _headers(sent: Sent, request: Request, length: int) -> list[tuple[bytes, bytes]]:
    own = {"host": request.headers.get("host", ""), "content-length": str(length) if length else ""}
    named = {name.lower(): value for name, value in sent.headers.items()}
    if sent.token is not UNSET:
        named["authorization"] = f"Bearer {sent.token}"
    try:
        pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in {**named, **own}.items() if value]
    except UnicodeEncodeError as error:
        raise http_error(422, "Invalid body: a name of a header takes ASCII, a value ISO 8859-1.") from error
    if any(not name or _BREAKS.search(name + value) for name, value in pairs):
        raise http_error(422, "Invalid body: a header takes a name, and a value without line breaks.")
    return pairs


async def _reply(api: ASGIApp, scope: Mapping[str, Any], body: bytes, sending: Sending) -> dict[str, Any]:
    """Return the reply as its client would have got it. status: None for none."""
    requested, messages = [{"type": "http.request", "body": body, "more_body": False}], []

    async def receive() -> Message:
        return requested.pop() if requested else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        messages.append(message)

    complete = True
    try:
        await api(dict(scope), receive, send)
    except ConnectionResetError:  # how a fault breaks the connection of a call without a socket
        complete = False
    head = next((each for each in messages if each["type"] == "http.response.start"), None)
    headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in head["headers"]] if head else []
    content = b"".join(each.get("body", b"") for each in messages if each is not head)
    return {
        "id": sending.id,
        "status": head["status"] if head else None,
        "complete": complete,
        "headers": headers,
        "body": content.decode(errors="replace"),
    }
