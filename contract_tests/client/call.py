"""A request to be sent, and the reply to it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.json_body import JsonBody, NotJsonError, read_json
from contract_tests.client.masking import Secret
from contract_tests.errors import InconclusiveError

Upload = tuple[str, bytes, str]
TOKEN_VARIABLE = "AIIMAGE_TOKEN"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def token_variable(role: str) -> str:
    """Return the shell variable for the token of a role; `anonymous` uses that of `primary`."""
    return TOKEN_VARIABLE if role in {"primary", "anonymous"} else f"{TOKEN_VARIABLE}_{role.upper()}"


@dataclass(frozen=True)
class Call:
    """A request to send: `authorization` overrides the header made from `token`, `body` is sent as it is.

    headers: further ones, of a browser for example. images: how many may be made and must be paid for.
    without_credits: whether the account cannot be charged. invalid: whether no service makes an image of it.
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
    headers: Mapping[str, str] = field(default_factory=dict)
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
        """The parameters in the body as a lenient service reads them, none if it has none that can be read."""
        content = self.json
        if self.body is not None:
            with suppress(NotJsonError):
                content = read_json(self.body).value
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
        if self._body is None:
            kind = self.headers.get("content-type", "no content type")
            what = f"{self.exchange.method} {self.exchange.url} answered {self.status}"
            raise InconclusiveError(f"{what} with a body that is not JSON ({kind})")
        return self._body.value

    @property
    def json_fault(self) -> str | None:
        """Why the body is not JSON, though `json` may be able to read it; None if it is."""
        return self._body.fault if self._body else "a body that is not JSON"

    @cached_property
    def _body(self) -> JsonBody | None:
        try:
            return read_json(self.content)
        except NotJsonError:
            return None
