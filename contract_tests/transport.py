"""The only place that speaks HTTP: paced, recorded, and never following a redirect."""

import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx

from contract_tests.errors import CouldNotLookError
from contract_tests.exchange import TOKEN_VARIABLE, Exchange, excerpt
from contract_tests.secret import Masker, Secret
from contract_tests.targets import Target

Upload = tuple[str, bytes, str]
_CONNECT = 10
_LARGEST_REPLY = 64 * 1024 * 1024
_LONGEST_PAUSE = 60
_THROTTLED_TRIES = 3
_RECORDED_HEADERS = ("content-type", "content-length", "allow", "location", "retry-after", "server", "date")


@dataclass(frozen=True)
class Call:
    """A request to be: `authorization` overrides the header that `token` would give, `body` goes as it is."""

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
    patience: float = 30


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


class Transport:
    """Sends calls to one target. Safe to use from several threads."""

    def __init__(
        self,
        target: Target,
        masker: Masker,
        *,
        client: httpx.Client | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client or _client(target)
        self._mask = masker
        self.clock, self.sleep = clock, sleep
        self._gap = 1 / target.budget.requests_per_second
        self._next = 0.0
        self._lock = Lock()
        self.requests = 0

    def close(self) -> None:
        self._client.close()

    def send(self, call: Call) -> Reply:
        """Send a call; where the service throttles and says for how long, wait and send it again."""
        for _ in range(_THROTTLED_TRIES):
            reply = self._send_once(call)
            pause = _throttled(reply)
            if pause is None:
                return reply
            self.sleep(pause)
        raise CouldNotLookError(
            f"{call.method} {call.url} was throttled {_THROTTLED_TRIES} times (429 with Retry-After)"
        )

    def _send_once(self, call: Call) -> Reply:
        request = self._client.build_request(
            call.method,
            call.url,
            headers=_headers(call),
            json=call.json,
            timeout=httpx.Timeout(call.patience, connect=_CONNECT),
            **_payload(call),
        )
        self._await_turn()
        sent = self.clock()
        try:
            response = self._read(request)
        except httpx.HTTPError as error:
            raise CouldNotLookError(
                self._mask(f"{call.method} {call.url} got no reply: {type(error).__name__}: {error}")
            ) from None
        exchange = self._record(call, response, sent, self.clock())
        return Reply(response.status_code, response.headers, response.content, exchange)

    def _read(self, request: httpx.Request) -> httpx.Response:
        response = self._client.send(request, stream=True)
        try:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > _LARGEST_REPLY:
                    raise httpx.DecodingError(f"the reply is larger than {_LARGEST_REPLY} bytes")
        finally:
            response.close()
        return httpx.Response(
            response.status_code, headers=_decoded(response.headers), content=bytes(content), request=request
        )

    def _await_turn(self) -> None:
        with self._lock:
            now = self.clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
            self.requests += 1
        if turn > now:
            self.sleep(turn - now)

    def _record(self, call: Call, response: httpx.Response, sent: float, received: float) -> Exchange:
        mask = self._mask
        body = call.body.decode("utf-8", "replace") if call.body is not None else None
        body = json.dumps(call.json, ensure_ascii=False) if call.json is not None else body
        headers = {"Accept": call.accept}
        headers |= {"Content-Type": _content_type(call)} if body is not None else {}
        return Exchange(
            method=call.method,
            url=mask(call.url),
            role=call.role,
            authorization=_recorded_authorization(call),
            headers=headers,
            body=None if body is None else excerpt(mask(body)),
            fields={mask(name): excerpt(mask(value)) for name, value in (call.fields or {}).items()},
            files={name: upload[0] for name, upload in call.files.items()},
            status=response.status_code,
            response_headers={
                name: mask(response.headers[name]) for name in _RECORDED_HEADERS if name in response.headers
            },
            response_body=_text(response, mask),
            sent=sent,
            received=received,
        )


def _client(target: Target) -> httpx.Client:
    verify = ssl.create_default_context(cafile=str(target.ca_bundle)) if target.ca_bundle else True
    return httpx.Client(follow_redirects=False, verify=verify)


def _decoded(headers: httpx.Headers) -> httpx.Headers:
    return httpx.Headers([(name, value) for name, value in headers.multi_items() if name != "content-encoding"])


def _payload(call: Call) -> dict[str, Any]:
    if call.fields is None:
        return {"content": call.body}
    # A form without a file is still multipart: parts without a file name are plain fields.
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in call.fields.items()]
    return {"files": parts + list(call.files.items())}


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": call.accept}
    if call.body is not None:
        headers["Content-Type"] = _content_type(call)
    if call.authorization is not None:
        headers["Authorization"] = call.authorization
    elif call.token is not None:
        headers["Authorization"] = f"Bearer {call.token.reveal()}"
    return headers


def _content_type(call: Call) -> str:
    return call.content_type or "application/json"


def _recorded_authorization(call: Call) -> str | None:
    if call.authorization is not None:
        scheme = call.authorization.partition(" ")[0]
        bare = scheme == call.authorization
        return scheme if scheme in {"", "Bearer"} and bare else f"{'' if bare else scheme + ' '}${TOKEN_VARIABLE}"
    return f"Bearer ${TOKEN_VARIABLE}" if call.token is not None else None


def _text(response: httpx.Response, mask: Masker) -> str:
    kind = response.headers.get("content-type", "")
    if kind.startswith("image/"):
        return f"({len(response.content)} bytes of {kind})"
    return excerpt(mask(response.content[:65536].decode("utf-8", "replace")))


def _throttled(reply: Reply) -> float | None:
    """Seconds to wait, where a 429 is the rate limit of the web server and not the daily limit of the API."""
    pause = reply.headers.get("retry-after", "")
    if reply.status == 429 and pause.isdigit() and int(pause) <= _LONGEST_PAUSE:
        return float(pause)
    return None
