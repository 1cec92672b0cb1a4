"""Calls of an ASGI application without a client library, fast enough for thousands of histories."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message


@dataclass(frozen=True)
class Answer:
    """An answer. status: None for nothing; body: parsed if it is JSON, else bytes; complete: False if the
    connection died before the end.
    """

    status: int | None
    headers: dict[str, str]
    body: Any
    complete: bool = True


async def call(
    app: ASGIApp, method: str, path: str, token: str | None = None, body: object = None, **headers: str
) -> Answer:
    """Send one request and return the answer. body: sent as JSON, unless it is bytes."""
    path, _, query = path.partition("?")
    named = {"host": "127.0.0.1", "content-type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        named["authorization"] = f"Bearer {token}"
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
    }
    sent: list[Message] = []
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except ConnectionResetError:
        return _answer(sent, complete=False)
    return _answer(sent, complete=True)


def _answer(sent: list[Message], complete: bool) -> Answer:
    if not sent:
        return Answer(None, {}, None, complete)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    data = b"".join(message.get("body", b"") for message in sent[1:])
    try:
        return Answer(sent[0]["status"], headers, json.loads(data), complete)
    except ValueError:
        return Answer(sent[0]["status"], headers, data, complete)
