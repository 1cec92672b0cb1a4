"""A request to be sent, the reply to it, and the two recorded as evidence: without tokens, bounded, and repeatable."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.client.masking import Secret
from contract_tests.errors import CouldNotLookError

TOKEN_VARIABLE = "AIIMAGE_TOKEN"
EXCERPT = 2000


def token_variable(role: str) -> str:
    """The shell variable that stands for the token of a role; who has none of their own use that of `primary`."""
    return TOKEN_VARIABLE if role in {"primary", "nobody"} else f"{TOKEN_VARIABLE}_{role.upper()}"


def excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}… ({len(text)} characters)"


@dataclass(frozen=True)
class Attachment:
    """An uploaded file as evidence knows it: never by its bytes."""

    name: str
    size: int

    def __str__(self) -> str:
        return f"{self.name} ({self.size} bytes)"


@dataclass(frozen=True)
class Exchange:
    """Everything here is masked already; `sent` and `received` are monotonic seconds."""

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
        """The call that repeats the request, with the token as an environment variable."""
        return " ".join(self._curl())

    @property
    def curl_block(self) -> str:
        """The same, with a line for each option."""
        return " \\\n  ".join(self._curl())

    def _curl(self) -> Iterator[str]:
        yield f"curl -sS -i -X {self.method} {shlex.quote(self.url)}"
        if self.authorization is not None:
            yield f'-H "Authorization: {self.authorization}"'
        for name, value in self.headers.items():
            yield f"-H {shlex.quote(f'{name}: {value}')}"
        if self.body is not None:
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


Upload = tuple[str, bytes, str]


@dataclass(frozen=True)
class Call:
    """A request to be: `authorization` overrides the header that `token` would give, `body` goes as it is.

    images: how many may be made and have to be paid for; penniless: by an account said to have no credits.
    patience: seconds to wait for the reply, None for what the target says.
    """

    method: str
    url: str
    role: str = "nobody"
    token: Secret | None = None
    authorization: str | None = None
    json: Any = None
    body: bytes | None = None
    fields: Mapping[str, str] | None = None
    files: Mapping[str, Upload] = field(default_factory=dict)
    content_type: str | None = None
    accept: str = "application/json"
    patience: float | None = None
    images: int = 0
    penniless: bool = False

    @property
    def sent_type(self) -> str:
        """The Content-Type of a body that is no form."""
        return self.content_type or "application/json"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes
    exchange: Exchange

    def json(self) -> Any:
        """The body as JSON; a body that is none cannot be judged further."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "no content type")
            what = f"{self.exchange.method} {self.exchange.url} answered {self.status}"
            raise CouldNotLookError(f"{what} with a body that is no JSON ({kind})") from None
