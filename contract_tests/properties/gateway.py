"""Where generated requests arrive: it passes them on by the suite's transport and judges the replies."""

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response

from contract_tests.api import Api
from contract_tests.call import Call, Reply
from contract_tests.properties.judgement import judge
from contract_tests.properties.kinds import Kind
from contract_tests.properties.record import Cause, Record
from contract_tests.properties.wire import payload_of
from contract_tests.run import Run
from contract_tests.verdict import Verdict

DOCUMENT = "/openapi.json"
# Stands for the account's token on this side of the gateway, so that the generator never sees it.
AUTHORIZATION = "Bearer valid"
BROKEN = "X-Broken"
_GENERATE = "generateImage"
Stop = Callable[[], None]


class Gateway:
    """A WSGI application, so that schemathesis takes it for the service under test.

    It stops at the first thing that keeps it from looking, after `most` requests, and when `credits_` of them may have
    cost a credit. An account that can pay asks for one image at a time.
    """

    def __init__(self, run: Run, role: str, *, most: int, credits_: int) -> None:
        self._run, self._left, self._credits = run, most, credits_
        self._api = Api(run, _Unjudged("properties", run.events, run.contract, ()), run.accounts[role])
        self._operations = {(known.method, run.url(id_)): known for id_, known in run.contract.operations.items()}
        self._settled: set[Cause] = set()
        self.record = Record()
        self.stop: Stop = lambda: None
        self.stopped = False
        self.trouble: Exception | None = None

    def settle(self) -> bool:
        """Take what was found as known; whether there was anything new."""
        new = self.record.broken.keys() - self._settled
        self._settled |= new
        return bool(new)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._respond(Request(environ))(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.path == DOCUMENT:
            return Response(json.dumps(self._run.contract.document, default=str), mimetype="application/json")
        if self.stopped:
            return Response(status=503)
        try:
            return self._answer(request)
        except Exception as error:  # noqa: BLE001  the generator would take it for a failure of the service
            self.trouble = error
            self._end()
            return Response(status=503)

    def _answer(self, request: Request) -> Response:
        operation, kind, reply = self._send(request)
        self.record.answers[kind, reply.status] += 1
        found = list(judge(self._run.contract, operation, kind, reply))
        causes = {self.record.note(operation, finding, reply) for finding in found}
        self._left -= 1
        self._credits -= operation == _GENERATE and self._may_have_cost(reply)
        if self._left <= 0 or self._credits <= 0:
            self._end()
        return _relayed(reply, broken=bool(causes - self._settled))

    def _send(self, request: Request) -> tuple[str, Kind, Reply]:
        url = self._run.target.origin + request.path
        call = Call(request.method, url, self._api.role, self._api.token)
        known = self._operations.get((request.method, url))
        if known is None:
            # Without its body, since a service that takes the method all the same would charge for it.
            return request.path, Kind.UNLISTED, self._run.transport.send(call)
        authorization = request.headers.get("Authorization")
        if authorization != AUTHORIZATION:
            call = replace(call, role="nobody", token=None, authorization=authorization)
        kind, reply = self._pay(call, request) if known.id == _GENERATE else (Kind.BARE, self._run.transport.send(call))
        return known.id, kind if authorization == AUTHORIZATION else Kind.UNAUTHENTICATED, reply

    def _pay(self, call: Call, request: Request) -> tuple[Kind, Reply]:
        payload = payload_of(request)
        payload = payload if self._penniless else payload.of_one_image()
        return payload.kind, self._api.post(payload.put_in(call), 1)

    @property
    def _penniless(self) -> bool:
        return self._api.role in self._run.penniless

    def _may_have_cost(self, reply: Reply) -> bool:
        return reply.status == 200 or (reply.status >= 500 and not self._penniless)

    def _end(self) -> None:
        self.stopped = True
        self.stop()


class _Unjudged(Verdict):
    """The gateway judges by itself, knowing more of a request than `observe` is told."""

    def observe(self, *_: object, **__: object) -> None:
        """Leave the reply to the gateway."""


def _relayed(reply: Reply, *, broken: bool) -> Response:
    headers = {name: reply.headers[name] for name in ("content-type", "allow") if name in reply.headers}
    return Response(reply.content, reply.status, headers | ({BROKEN: "yes"} if broken else {}))
