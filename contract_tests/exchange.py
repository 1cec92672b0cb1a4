"""One request and its reply, recorded as evidence: without tokens, bounded, and with the call that repeats it."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN_VARIABLE = "AIIMAGE_TOKEN"
EXCERPT = 2000


def excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}… ({len(text)} characters)"


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
    files: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    sent: float = 0.0
    received: float = 0.0

    @property
    def curl(self) -> str:
        """The call that repeats the request, with the token as an environment variable."""
        parts = ["curl", "-sS", "-i", "-X", self.method, shlex.quote(self.url)]
        if self.authorization is not None:
            parts += ["-H", f'"Authorization: {self.authorization}"']
        for name, value in self.headers.items():
            parts += ["-H", shlex.quote(f"{name}: {value}")]
        if self.body is not None:
            parts += ["--data-raw", shlex.quote(self.body)]
        for name, value in self.fields.items():
            parts += ["--form-string", shlex.quote(f"{name}={value}")]
        for name, value in self.files.items():
            parts += ["-F", shlex.quote(f"{name}=@{value}")]
        return " ".join(parts)

    def evidence(self, expected: str, received: str) -> dict[str, Any]:
        request: dict[str, Any] = {"method": self.method, "url": self.url, "role": self.role}
        request |= {"body": _parsed(self.body)} if self.body is not None else {}
        request |= {"fields": dict(self.fields), "files": dict(self.files)} if self.fields or self.files else {}
        response = {
            "status": self.status,
            "headers": dict(self.response_headers),
            "body": _parsed(self.response_body),
            "seconds": round(self.received - self.sent, 3),
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
    except ValueError:
        return text
