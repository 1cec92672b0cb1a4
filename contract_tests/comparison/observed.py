"""Replies as a recording describes them, and recorded ones as the oracle reads them."""

import hashlib
import io
import json
import re
import warnings
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from PIL import Image

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.errors import InconclusiveError
from contract_tests.recordings.model import Picture, Request, Response

_IMAGE = re.compile(r"image/|application/octet-stream|binary/octet-stream")


def response_of(reply: Reply) -> Response:
    """Return a reply in the form of a recording, with nothing replaced."""
    headers = lower_names(reply.headers)
    kind = media_type(headers)
    if reply.content and (_IMAGE.match(kind) or not kind):
        picture = _picture(kind, reply.content)
        if picture.width is not None or _IMAGE.match(kind):
            return Response(reply.status, headers, picture=picture)
    if reply.json_fault is None:
        return Response(reply.status, headers, json=reply.json())
    try:
        body: Any = reply.json()  # with a fault that a lenient client reads over
    except InconclusiveError:
        return Response(reply.status, headers, text=reply.content.decode("utf-8", "replace"))
    return Response(reply.status, headers, json=body)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type of a reply without its parameters, empty if it has none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _picture(kind: str, content: bytes) -> Picture:
    width, height = _size(content) or (None, None)
    return Picture(kind, len(content), hashlib.sha256(content).hexdigest(), width, height)


def _size(content: bytes) -> tuple[int, int] | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a large picture
        try:
            with Image.open(io.BytesIO(content)) as picture:
                return picture.size
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None


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
