"""Replies as a recording describes them, and recorded ones as the oracle reads them."""

import json
from collections.abc import Mapping

from msgspec import UNSET

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.errors import InconclusiveError
from contract_tests.recordings.files import picture
from contract_tests.recordings.model import Request, Response


def response_of(reply: Reply) -> Response:
    """Return a reply in the form of a recording, with nothing replaced."""
    headers = lower_names(reply.headers)
    shown = picture(reply.content, reply.headers.get("content-type", ""))
    if shown is not None:
        return Response(reply.status, headers, picture=shown)
    try:
        return Response(reply.status, headers, json=reply.json())
    except InconclusiveError:
        return Response(reply.status, headers, text=reply.content.decode("utf-8", "replace"))


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type of a reply without its parameters, empty if it has none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def reply_of(request: Request, response: Response) -> Reply:
    """Return a recorded reply as the oracle reads replies; the bytes of a picture are missing."""
    if response.json is not UNSET:
        content = json.dumps(response.json, ensure_ascii=False).encode("utf-8", "surrogatepass")
    else:
        content = response.text.encode("utf-8", "surrogatepass") if isinstance(response.text, str) else b""
    exchange = Exchange(request.method, request.target, "", request.authorization, status=response.status)
    return Reply(response.status, lower_names(response.headers), content, exchange)


def lower_names(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers with their names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
