"""Recorded requests sent again, each identifier of the recording replaced by that of the reissue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from msgspec import structs

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Secret
from contract_tests.client.transport import Transport
from contract_tests.comparison.facts import entries_of
from contract_tests.comparison.forms import address_key, plain
from contract_tests.comparison.observed import lower_names, response_of
from contract_tests.comparison.requests import call_for
from contract_tests.errors import InconclusiveError, NoReplyError
from contract_tests.recordings.model import RecordedExchange
from contract_tests.runner.target import Target

PICTURE = "picture"
_ERROR_CHARACTERS = 300


@dataclass(frozen=True)
class Reissued:
    """A request that was sent again: the exchange as a recording has it, and as evidence; None without a reply."""

    exchange: RecordedExchange
    evidence: Exchange | None = None


class Sender:
    """Sends recorded requests to a target. tokens: of each account, by its role."""

    def __init__(self, target: Target, transport: Transport, tokens: Mapping[str, Secret]) -> None:
        self._target, self._transport, self._tokens = target, transport, tokens
        self._ids: dict[Any, Any] = {}
        self._outputs: dict[str, str] = {}
        self._moved: dict[str, str] = {}

    def send(self, exchange: RecordedExchange, *, patient: bool = False) -> Reissued:
        """Send the request of an exchange. patient: wait and retry where the service limits the rate.

        Raises InconclusiveError if it cannot be sent, and TargetLostError if the service is gone.
        """
        call = call_for(exchange, self._target, self._tokens, self._output(exchange))
        send = self._transport.send if patient else self._transport.send_once
        sent = self._transport.clock()
        try:
            reply = send(call)
        except NoReplyError as error:
            return Reissued(self._exchange(exchange, sent, None, str(error)[:_ERROR_CHARACTERS]))
        self._learn(exchange, reply)
        return Reissued(self._exchange(exchange, sent, reply), reply.exchange)

    def _exchange(
        self, exchange: RecordedExchange, sent: float, reply: Reply | None, error: str | None = None
    ) -> RecordedExchange:
        times = (reply.exchange.sent, reply.exchange.received) if reply else (sent, self._transport.clock())
        response = response_of(reply) if reply else None
        return structs.replace(exchange, sent=times[0], received=times[1], response=response, error=error)

    def _output(self, exchange: RecordedExchange) -> str | None:
        """Return the address in place of that of a picture, None for any other request."""
        if exchange.operation != PICTURE:
            return None
        key = address_key(exchange.request.target)
        if key in self._moved:
            return self._moved[key]
        if key not in self._outputs:
            raise InconclusiveError("the picture belongs to an image that was not made again")
        return self._outputs[key]

    def _learn(self, exchange: RecordedExchange, reply: Reply) -> None:
        """Note which images and addresses stand for the recorded ones."""
        if exchange.operation == PICTURE:
            self._follow(exchange, reply)
            return
        replies = response_of(reply)
        reissued = entries_of(structs.replace(exchange, response=replies))
        if exchange.operation == "generateImage":
            for old, new in zip(entries_of(exchange), reissued, strict=False):
                self._ids[_id(old)] = _id(new)
                self._pair(old, new)
        elif exchange.operation == "getRecentImages":
            by_id = {_id(entry): entry for entry in reissued}
            for old in entries_of(exchange):
                listed = by_id.get(self._ids.get(_id(old)))
                if listed is not None:
                    self._pair(old, listed)

    def _pair(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        if isinstance(old.get("output"), str) and isinstance(new.get("output"), str):
            self._outputs[address_key(old["output"])] = new["output"]

    def _follow(self, exchange: RecordedExchange, reply: Reply) -> None:
        """Note where a redirect leads, which the next request for the picture follows."""
        recorded, location = exchange.response, reply.headers.get("location")
        self._moved.pop(address_key(exchange.request.target), None)
        if recorded is not None and 300 <= recorded.status < 400 and reply.redirects and location:
            # A recording names the next request by the address of the redirect, or by that of the picture.
            led_to = lower_names(recorded.headers).get("location", exchange.request.target)
            moved = urljoin(reply.exchange.url, location)
            self._moved |= {address_key(led_to): moved, address_key(exchange.request.target): moved}


def _id(entry: Mapping[str, Any]) -> Any:
    value = entry.get("id")
    return None if isinstance(value, dict | list) else plain(value)
