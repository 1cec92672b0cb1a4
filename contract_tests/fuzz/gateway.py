"""Receives generated requests, sends them by the suite's transport, and checks the replies."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response

from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply
from contract_tests.fuzz.campaigns import Campaign, provoking
from contract_tests.fuzz.judgement import Cause, Record, judge
from contract_tests.fuzz.wire import AUTHORIZATION, payload_of
from contract_tests.oracle.engines import Fields
from contract_tests.oracle.kinds import Kind
from contract_tests.oracle.oracle import Deviation
from contract_tests.oracle.replies import made
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import SilentVerdict

DOCUMENT = "/openapi.json"
BROKEN = "X-Broken"
Stop = Callable[[], None]
_GENERATE = "generateImage"
_ACCEPTABLE = frozenset({Kind.DOCUMENTED, Kind.OPEN})


@dataclass(frozen=True)
class ProxiedCall:
    """A call of an operation; `operation` is the path if the method is not listed."""

    operation: str
    kind: Kind
    call: Call
    fields: Fields = field(default_factory=dict)


class Gateway:
    """A WSGI application that schemathesis tests in the place of the service.

    It stops at the first error, after `limit` requests, and when the campaign's credits may be spent. An account with
    credits requests one image at a time; in a campaign that expects refusals it sends only requests that every service
    refuses.
    """

    def __init__(self, run: Run, role: str, campaign: Campaign, limit: int) -> None:
        self._run, self._campaign = run, campaign
        self._left, self._credits = limit, campaign.credits
        # The gateway checks the replies itself, as it knows more about the requests.
        self._api = Api(run, SilentVerdict("properties", run.events, run.contract, ()), run.accounts[role])
        self._operations = {(known.method, run.url(id_)): id_ for id_, known in run.contract.operations.items()}
        self._settled: set[Cause] = set()
        self.record = Record()
        self.stop: Stop = lambda: None
        self.stopped = False
        self.error: Exception | None = None

    def settle(self) -> bool:
        """Mark all causes as known; return whether there was a new one."""
        new = self.record.broken.keys() - self._settled
        self._settled |= new
        return bool(new)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with Request(environ) as request:
            return self._respond(request)(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.path == DOCUMENT:
            document = provoking(self._run.contract.document)
            return Response(json.dumps(document), mimetype="application/json")
        proxied = self._proxied(request)
        # Requests that are drawn already still arrive after the end.
        if self.stopped or self._may_cost_too_much(proxied):
            return Response(status=503)
        try:
            return self._answer(proxied)
        except Exception as error:  # noqa: BLE001  schemathesis would report it as a failure of the service
            self.error = error
            self._end()
            return Response(status=503)

    def _proxied(self, request: Request) -> ProxiedCall:
        url = self._run.target.origin + request.path
        call = Call(request.method, url, self._api.role, self._api.token)
        operation = self._operations.get((request.method, url))
        if operation is None:
            # Without its body, since a service that accepts the method would charge for it.
            return ProxiedCall(request.path, Kind.UNLISTED, call)
        kind, fields = Kind.BARE, dict[str, Any]()
        if operation == _GENERATE:
            payload = payload_of(request)
            call = (payload if self._without_credits else payload.of_one_image()).apply_to(call)
            kind, call = payload.kind, replace(call, timeout_seconds=self._run.target.timeouts.generation)
            fields = payload.parameters if kind is Kind.DOCUMENTED else fields
        # Some cases of schemathesis omit or alter the header.
        authorization = request.headers.get("Authorization")
        if authorization == AUTHORIZATION:
            return ProxiedCall(operation, kind, call, fields)
        return ProxiedCall(
            operation, Kind.UNAUTHENTICATED, replace(call, role="anonymous", token=None, authorization=authorization)
        )

    def _may_cost_too_much(self, proxied: ProxiedCall) -> bool:
        if proxied.kind is Kind.UNAUTHENTICATED:
            return self._run.ignores_tokens
        return self._campaign.expects_refusals and proxied.kind in _ACCEPTABLE and not self._without_credits

    def _answer(self, proxied: ProxiedCall) -> Response:
        reply = self._send(proxied)
        self.record.count(proxied.kind, reply)
        found = self._judged(proxied, reply)
        paid_for = proxied.operation == _GENERATE and made(reply)
        if found.keys() - self.record.broken.keys() and not paid_for:
            # A failure may be passing, so it counts if the same request shows it again. Images need no second proof.
            first, reply = found, self._send(proxied)
            found = {cause: each for cause, each in self._judged(proxied, reply).items() if cause in first}
        for cause, deviation in found.items():
            self.record.note(cause, deviation, reply)
        if self._left <= 0 or self._credits <= 0:
            self._end()
        return _relayed(reply, broken=bool(found.keys() - self._settled))

    def _judged(self, proxied: ProxiedCall, reply: Reply) -> dict[Cause, Deviation]:
        found = judge(self._run.contract, proxied.operation, proxied.kind, reply, proxied.fields)
        return {(each.rule, proxied.operation, reply.status): each for each in found}

    def _send(self, proxied: ProxiedCall) -> Reply:
        paid = proxied.operation == _GENERATE
        reply = self._api.post(proxied.call, 1) if paid else self._run.transport.send(proxied.call)
        self._left -= 1
        self._credits -= paid and self._may_have_cost(reply)
        return reply

    @property
    def _without_credits(self) -> bool:
        return self._api.role in self._run.without_credits

    def _may_have_cost(self, reply: Reply) -> bool:
        return made(reply) or (reply.status >= 500 and not self._without_credits)

    def _end(self) -> None:
        self.stopped = True
        self.stop()


def _relayed(reply: Reply, *, broken: bool) -> Response:
    headers = {name: reply.headers[name] for name in ("content-type", "allow") if name in reply.headers}
    return Response(reply.content, reply.status, headers | ({BROKEN: "yes"} if broken else {}))
