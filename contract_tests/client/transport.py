"""The only place that speaks HTTP: paid from the budget, paced, recorded, and never following a redirect."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx

from contract_tests.client.budget import Budget
from contract_tests.client.call import Call, Reply
from contract_tests.client.connection import make_client, receive
from contract_tests.client.evidence import evidence_of
from contract_tests.client.masking import Masker
from contract_tests.client.settling import images_made, unknown
from contract_tests.client.throttling import throttle_pause
from contract_tests.client.trust import trust_hint
from contract_tests.errors import InconclusiveError, NoReplyError, TargetLostError
from contract_tests.oracle.contract import from_gateway
from contract_tests.runner.target import Target

_NUMBER_OF_ERROR = re.compile(r"\[Errno -?\d+\] ")  # of no use to a reader, unlike the words behind it
_THROTTLED_TRIES = 4
_MAX_GAP_SECONDS = 5.0
_MAX_SILENCES = 3
_MAX_GATEWAY_ERRORS = 3
_GATEWAY_PAUSE_SECONDS = 0.5
# The connection failed before the request was sent, so it was not served.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(frozen=True)
class Sent:
    """A call that was sent, with its unmasked reply; error: why it got none, masked.

    sent, received: monotonic seconds.
    """

    call: Call
    sent: float
    received: float
    reply: Reply | None = None
    error: str = ""


class _AbortedError(Exception):
    """Ends the body of a request half-way."""


class Transport:
    """Sends calls to one target. Safe to use from several threads."""

    def __init__(
        self,
        target: Target,
        masker: Masker,
        budget: Budget,
        *,
        client: httpx.Client | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._kept = client or make_client(target)
        # A kept-alive connection may be closed just as it is reused; whether the request was served is then unknown.
        self._fresh = client or make_client(target, keep_alive=False)
        self._mask = masker
        self._timeouts = target.timeouts
        self.budget = budget
        self.clock, self.sleep, self._now = clock, sleep, now
        self._gap = 1 / target.budget.requests_per_second
        self._next = 0.0
        self._lock = Lock()
        self._silences = self._gateway_errors = 0
        self.throttled = False
        self.requests = 0
        # Called with each call just before it is sent, and after it, in the thread that sends it.
        self.starting: list[Callable[[Call], None]] = []
        self.listeners: list[Callable[[Sent], None]] = []

    @property
    def requests_per_second(self) -> float:
        """The present pace, which is slower than that of the target once the service has throttled."""
        return 1 / self._gap

    def close(self) -> None:
        self._kept.close()
        self._fresh.close()

    def send(self, call: Call) -> Reply:
        """Send a call, paid from the budget; if the service throttles, wait, slow down and retry."""
        for attempt in range(_THROTTLED_TRIES):
            reply = self._send_paid(call)
            text = reply.exchange.response_body
            pause = throttle_pause(call.method, reply.status, reply.headers, text, attempt)
            if pause is None:
                return reply
            self.throttled = True
            self._slow_down()
            self.sleep(pause)
        raise InconclusiveError(
            f"{call.method} {call.url} was throttled {_THROTTLED_TRIES} times: the service limits the rate of requests"
        )

    def send_once(self, call: Call) -> Reply:
        """Send a call, paid from the budget, and return its first reply, even one that throttles."""
        return self._paid(call) if call.images else self._send_once(call)

    def abort(self, call: Call) -> None:
        """Send half of a call's body and close the connection, so that no service can have read the request."""
        body = json.dumps(call.json).encode()

        def half() -> Iterator[bytes]:
            yield body[: len(body) // 2]
            raise _AbortedError

        timeout = self._timeouts.reply
        headers = {**_headers(call), "Content-Type": call.sent_type, "Content-Length": str(len(body))}
        request = self._fresh.build_request(call.method, call.url, headers=headers, content=half(), timeout=timeout)
        self._await_turn()
        with suppress(_AbortedError, httpx.HTTPError):
            self._fresh.send(request)

    def _send_paid(self, call: Call) -> Reply:
        return self._paid(call) if call.images else self._send_again(call)

    def _paid(self, call: Call) -> Reply:
        reserved = self.budget.reserve(call.images, without_credits=call.without_credits)
        try:
            reply = self._send_once(call)
        except NoReplyError as error:
            reserved.settle(unknown(call) if error.sent else 0)
            raise
        except BaseException:  # an interrupt too: the request may have been served
            reserved.settle(unknown(call))
            raise
        reserved.settle(images_made(call, reply))
        return reply

    def _send_again(self, call: Call) -> Reply:
        """Send a call that is not paid for; retry a GET once, if its connection broke or a gateway answered."""
        try:
            reply = self._send_once(call)
        except NoReplyError as error:
            # A kept-alive connection may end just as it is reused; to repeat a GET is safe.
            if call.method != "GET" or not error.broken:
                raise
            return self._send_once(call, reconnect=True)
        if call.method != "GET" or not from_gateway(reply):
            self._gateway_errors = 0
            return reply
        self._gateway_errors += 1
        # A service that is away for longer does not return within a second.
        if self._gateway_errors > _MAX_GATEWAY_ERRORS:
            return reply
        self.sleep(_GATEWAY_PAUSE_SECONDS)
        return self._send_once(call, reconnect=True)

    def _send_once(self, call: Call, *, reconnect: bool = False) -> Reply:
        timeout_seconds = call.timeout_seconds or self._timeouts.reply
        client = self._kept if call.method == "GET" and not reconnect else self._fresh
        request = self._request(client, call, timeout_seconds)
        self._await_turn()
        for each in self.starting:
            each(call)
        sent, at = self.clock(), self._now()
        try:
            response = receive(client, request, timeout_seconds, self.clock)
        except httpx.HTTPError as error:
            silence = self._silence(call, error)
            self._tell(Sent(call, sent, self.clock(), error=str(silence)))
            raise self._lost(silence) or silence from None
        except (UnicodeError, httpx.InvalidURL) as error:  # a host that cannot be resolved
            failure = self._not_a_url(call, error)
            self._tell(Sent(call, sent, self.clock(), error=str(failure)))
            raise failure from None
        self._silences = 0
        exchange = evidence_of(call, response, sent, self.clock(), at, self._mask)
        reply = Reply(response.status_code, response.headers, response.content, exchange)
        self._tell(Sent(call, sent, exchange.received, reply))
        return reply

    def _tell(self, sent: Sent) -> None:
        for listener in self.listeners:
            listener(sent)

    def _request(self, client: httpx.Client, call: Call, timeout_seconds: float) -> httpx.Request:
        timeout = httpx.Timeout(timeout_seconds, connect=self._timeouts.connect)
        try:
            return client.build_request(
                call.method, call.url, headers=_headers(call), json=call.json, timeout=timeout, **_payload(call)
            )
        except httpx.InvalidURL as error:
            raise self._not_a_url(call, error) from None

    def _not_a_url(self, call: Call, error: Exception) -> InconclusiveError:
        return InconclusiveError(self._mask(f"{call.url[:200]!r} is not a URL: {error}"))

    def _silence(self, call: Call, error: httpx.HTTPError) -> NoReplyError:
        cause = _NUMBER_OF_ERROR.sub("", str(error))
        text = self._mask(f"{call.method} {call.url} got no reply: {type(error).__name__}: {cause}{trust_hint(error)}")
        broken = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
        return NoReplyError(text, sent=not isinstance(error, _NOT_SENT), broken=broken)

    def _lost(self, silence: NoReplyError) -> TargetLostError | None:
        """Count a call without a reply; return that the service is lost after several in a row."""
        self._silences += 1
        if self._silences <= _MAX_SILENCES:
            return None
        return TargetLostError(f"{self._silences} requests in a row got no reply, the last: {silence}")

    def _await_turn(self) -> None:
        with self._lock:
            now = self.clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
            self.requests += 1
        # Outside the lock, so that other threads can reserve their turns.
        if turn > now:
            self.sleep(turn - now)

    def _slow_down(self) -> None:
        with self._lock:
            # The target may ask for a gap above the maximum, which must not shrink here.
            self._gap = min(2 * self._gap, max(_MAX_GAP_SECONDS, self._gap))


def _payload(call: Call) -> dict[str, Any]:
    if call.fields is None:
        return {"content": call.body}
    # A form without a file is still multipart: parts without a file name are plain fields.
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in call.fields.items()]
    return {"files": parts + list(call.files.items())}


def _headers(call: Call) -> dict[str, str]:
    headers = {"Accept": call.accept, **call.headers}
    if call.body is not None:
        headers["Content-Type"] = call.sent_type
    if call.authorization is not None:
        headers["Authorization"] = call.authorization
    elif call.token is not None:
        headers["Authorization"] = f"Bearer {call.token.reveal()}"
    return headers
