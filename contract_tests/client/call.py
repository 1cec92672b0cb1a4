"""A request to be sent, and the reply that came."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Secret
from contract_tests.errors import CouldNotLookError

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
