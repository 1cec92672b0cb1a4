"""One request and its reply, recorded as evidence: without tokens, bounded, and with the call that repeats it."""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

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
