"""A request and its reply as evidence: without tokens, bounded, and repeatable."""

import hashlib
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from contract_tests.client.json_body import NotJsonError, read_json

FOLDER = "requests"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")
_IDENTIFIERS = re.compile(r"(request|correlation|trace|transaction)-?id|^(cf-ray|traceparent|x-amz-cf-id|x-azure-ref)$")


def names_request(header: str) -> bool:
    """Return whether a header contains an id by which the service finds the request in its log."""
    return bool(_IDENTIFIERS.search(header))


@dataclass(frozen=True)
class Attachment:
    """Bytes of a request that are kept in a file beside the report; name: of an uploaded file, else empty."""

    content: bytes = field(repr=False)
    name: str = ""
    kind: str = ""

    @property
    def path(self) -> str:
        """The file in the folder of the report."""
        suffix = _SUFFIX.fullmatch(f".{self.name.rpartition('.')[2]}")
        return f"{FOLDER}/{hashlib.sha256(self.content).hexdigest()[:12]}{suffix[0] if suffix else '.txt'}"

    def __str__(self) -> str:
        return f"{self.name} ({len(self.content)} bytes)"


@dataclass(frozen=True)
class Exchange:
    """A request and its reply, masked.

    sent, received: monotonic seconds; at: seconds since 1970. body, fields: as they are shown. attached: the whole
    body ("") and the whole fields, by name, that cannot be part of a command.
    """

    method: str
    url: str
    role: str
    authorization: str | None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Attachment] = field(default_factory=dict)
    attached: Mapping[str, Attachment] = field(default_factory=dict)
    status: int = 0
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str = ""
    sent: float = 0.0
    received: float = 0.0
    at: float = 0.0

    @property
    def seconds(self) -> float:
        return self.received - self.sent

    @property
    def utc(self) -> str:
        """When the request was sent, to the millisecond."""
        return datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def request_ids(self) -> dict[str, str]:
        return {name: value for name, value in self.response_headers.items() if names_request(name)}

    @property
    def attachments(self) -> list[Attachment]:
        """The files that the command reads."""
        return [*self.files.values(), *self.attached.values()]

    @property
    def curl(self) -> str:
        """The command that repeats the request in the folder of the report, with the token as a shell variable."""
        return " ".join(self._curl())

    @property
    def curl_block(self) -> str:
        """The same, with a line for each option."""
        return " \\\n  ".join(self._curl())

    def _curl(self) -> Iterator[str]:
        # With -X HEAD, curl would wait for a body. Brackets in a URL are patterns without -g.
        method = "--head" if self.method == "HEAD" else f"-X {self.method}"
        yield f"curl -sS -i {'-g ' if set('[]{}') & set(self.url) else ''}{method} {shlex.quote(self.url)}"
        if self.authorization is not None:
            # In double quotes, so that the shell inserts the token's variable.
            yield f'-H "Authorization: {self.authorization}"'
        for name, value in self.headers.items():
            yield f"-H {shlex.quote(f'{name}: {value}')}"
        yield from self._payload()

    def _payload(self) -> Iterator[str]:
        if "" in self.attached:
            yield f"--data-binary @{self.attached[''].path}"
        elif self.body is not None:
            # Not --data or -F, which read a file where the value begins with @.
            yield f"--data-raw {shlex.quote(self.body)}"
        for name, value in self.fields.items():
            if name in self.attached:
                yield f"-F {shlex.quote(f'{name}=<{self.attached[name].path}')}"
            else:
                yield f"--form-string {shlex.quote(f'{name}={value}')}"
        for name, file in self.files.items():
            kind = f";type={file.kind}" if file.kind else ""
            yield f"-F {shlex.quote(f'{name}=@{file.path};filename={_quoted(file.name)}{kind}')}"

    def evidence(self, expected: str, received: str) -> dict[str, Any]:
        request: dict[str, Any] = {"method": self.method, "url": self.url, "role": self.role, "sent_at": self.utc}
        request |= {"body": parsed(self.body)} if self.body is not None else {}
        if self.fields or self.files:
            request |= {"fields": dict(self.fields)}
            request |= {"files": {name: str(file) for name, file in self.files.items()}}
        response = {
            "status": self.status,
            "headers": dict(self.response_headers),
            "body": parsed(self.response_body),
            "seconds": round(self.seconds, 3),
        }
        return {
            "curl": self.curl,
            "request": request,
            "response": response,
            "expected": expected,
            "received": received,
        }


def _quoted(name: str) -> str:
    """Return a file name as curl reads it in -F."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parsed(text: str) -> Any:
    """Return a text as JSON, or unchanged if it is not, so that a report shows the reason."""
    try:
        body = read_json(text.encode("utf-8", "surrogatepass"))
    except NotJsonError:
        return text
    return text if body.fault else body.value
