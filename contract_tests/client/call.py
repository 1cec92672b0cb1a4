"""A request to be sent, the reply to it, and the two recorded as evidence: without tokens, bounded, and repeatable."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.client.masking import Secret
from contract_tests.errors import InconclusiveError

Upload = tuple[str, bytes, str]
TOKEN_VARIABLE = "AIIMAGE_TOKEN"
EXCERPT = 2000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def token_variable(role: str) -> str:
    """Return the shell variable for the token of a role; `anonymous` uses that of `primary`."""
    return TOKEN_VARIABLE if role in {"primary", "anonymous"} else f"{TOKEN_VARIABLE}_{role.upper()}"


def excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}… ({len(text)} characters)"


@dataclass(frozen=True)
class Attachment:
    """An uploaded file in the evidence: its name and size, never its bytes."""

    name: str
    size: int

    def __str__(self) -> str:
        return f"{self.name} ({self.size} bytes)"


@dataclass(frozen=True)
class Exchange:
    """A request and its reply, masked; `sent` and `received` are monotonic seconds."""

    method: str
    url: str
    role: str
    authorization: str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)
    status: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    sent: float = 0.0
    received: float = 0.0

    @property
    def seconds(self) -> float:
        return self.received - self.sent

    @property
    def curl(self) -> str:
        """The command that repeats the request, with the token as a shell variable."""
        return " ".join(self._curl())

    @property
    def curl_block(self) -> str:
        """The same, with a line for each option."""
        return " \\\n  ".join(self._curl())

    def _curl(self) -> Iterator[str]:
        yield f"curl -sS -i -X {self.method} {shlex.quote(self.url)}"
        if self.authorization is not None:
            # In double quotes, so that the shell inserts the token's variable.
            yield f'-H "Authorization: {self.authorization}"'
        for name, value in self.headers.items():
            yield f"-H {shlex.quote(f'{name}: {value}')}"
        if self.body is not None:
            # Not --data or -F, which read a file where the value begins with @.
            yield f"--data-raw {shlex.quote(self.body)}"
        for name, value in self.fields.items():
            yield f"--form-string {shlex.quote(f'{name}={value}')}"
        for name, file in self.files.items():
            yield f"-F {shlex.quote(f'{name}=@{file.name}')}"

    def evidence(self, expected: str, received: str) -> dict[str, Any]:
        request: dict[str, Any] = {"method": self.method, "url": self.url, "role": self.role}
        request |= {"body": _parsed(self.body)} if self.body is not None else {}
        if self.fields or self.files:
            request |= {"fields": dict(self.fields)}
            request |= {"files": {name: str(file) for name, file in self.files.items()}}
        response = {
            "status": self.status,
            "headers": dict(self.response_headers),
            "body": _parsed(self.response_body),
            "seconds": round(self.seconds, 3),
        }
        return {
            "curl": self.curl,
            "request": request,
            "response": response,
            "expected": expected,
            "received": received,
        }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


@dataclass(frozen=True)
class Call:
    """A request to send: `authorization` overrides the header made from `token`, `body` is sent as it is.

    images: how many may be made and must be paid for. without_credits: whether the account cannot be charged. invalid:
    whether no service makes an image of it.
    timeout_seconds: how long to wait for the reply, None for the target's default.
    """

    method: str
    url: str
    role: str = "anonymous"
    token: Secret | None = None
    authorization: str | None = None
    json: Any = None
    body: bytes | None = None
    fields: Mapping[str, str] | None = None
    files: Mapping[str, Upload] = field(default_factory=dict)
    content_type: str | None = None
    accept: str = "application/json"
    timeout_seconds: float | None = None
    images: int = 0
    without_credits: bool = False
    invalid: bool = False

    @property
    def without_token(self) -> bool:
        """Whether it carries no token, or one that is known to be invalid."""
        return self.role == "invalid" or (self.token is None and self.authorization is None)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters in the body, none if it has none that can be read."""
        content = self.json if self.body is None else _parsed(self.body.decode("utf-8", "replace"))
        return content if isinstance(content, dict) else dict(self.fields or {})

    @property
    def sent_type(self) -> str:
        """The Content-Type of a body that is not a form."""
        return self.content_type or "application/json"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    exchange: Exchange

    @property
    def redirects(self) -> bool:
        return self.status in _REDIRECTS

    @property
    def images(self) -> list[Any]:
        """The images in the reply to a generation, none where it has no list of them."""
        try:
            body = self.json()
        except InconclusiveError:
            return []
        images = body.get("images") if isinstance(body, dict) else None
        return images if isinstance(images, list) else []

    def json(self) -> Any:
        """Return the body as JSON; raise InconclusiveError for another body."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):  # the latter for deep nesting
            kind = self.headers.get("content-type", "no content type")
            what = f"{self.exchange.method} {self.exchange.url} answered {self.status}"
            raise InconclusiveError(f"{what} with a body that is not JSON ({kind})") from None
