"""The least that an ASGI program can do: fixed bytes by path. It measures the cost of the server and Python."""

import json
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from .fixed import JSON_ANSWERS, PICTURE, PICTURE_PATH

_Answer = tuple[Message, Message]


def _answer(status: int, media_type: bytes, body: bytes) -> _Answer:
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return start, {"type": "http.response.body", "body": body}


def _json(status: int, value: Any) -> _Answer:
    return _answer(status, b"application/json", json.dumps(value, separators=(",", ":")).encode())


_ANSWERS = {path: _json(*answer) for path, answer in JSON_ANSWERS.items()}
_ANSWERS[PICTURE_PATH] = _answer(200, b"image/png", PICTURE)
_NOT_FOUND = _json(404, {"message": "Not found."})


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Read the body, and send the fixed answer."""
    if scope["method"] == "POST":
        while (await receive()).get("more_body"):
            pass
    start, body = _ANSWERS.get(scope["path"], _NOT_FOUND)
    await send(start)
    await send(body)
