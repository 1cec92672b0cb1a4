"""Where generated requests arrive: it passes them on by the suite's transport and judges the replies."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug import Request, Response

from contract_tests.client.api import Api
from contract_tests.client.call import Call, Reply
from contract_tests.fuzz.campaigns import Campaign, provoking
from contract_tests.fuzz.judgement import Cause, Record, judge
from contract_tests.fuzz.kinds import Kind
from contract_tests.fuzz.wire import AUTHORIZATION, payload_of
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run

DOCUMENT = "/openapi.json"
BROKEN = "X-Broken"
Stop = Callable[[], None]
_GENERATE = "generateImage"
_NOT_TO_BE_REFUSED = frozenset({Kind.DOCUMENTED, Kind.OPEN})


@dataclass(frozen=True)
class Errand:
    """A call to make, of an operation; the path stands for one where the method is not listed."""

    operation: str
    kind: Kind
    call: Call


class Gateway:
    """A WSGI application, so that schemathesis takes it for the service under test.

    It stops at the first thing that keeps it from looking, after `most` requests, and when so many of them as the
    campaign may cost may have cost a credit. An account that can pay asks for one image at a time; and where requests
    are meant to be refused, it sends only those that every service refuses.
    """

    def __init__(self, run: Run, role: str, campaign: Campaign, most: int) -> None:
        self._run, self._campaign = run, campaign
        self._left, self._credits = most, campaign.credits
        self._api = Api(run, _Unjudged("properties", run.events, run.contract, ()), run.accounts[role])
        self._operations = {(known.method, run.url(id_)): id_ for id_, known in run.contract.operations.items()}
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
        with Request(environ) as request:
            return self._respond(request)(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.path == DOCUMENT:
            document = provoking(self._run.contract.document)
            return Response(json.dumps(document), mimetype="application/json")
        errand = self._errand(request)
        if self.stopped or self._is_too_dear(errand):
            return Response(status=503)
        try:
            return self._answer(errand)
        except Exception as error:  # noqa: BLE001  the generator would take it for a failure of the service
            self.trouble = error
            self._end()
            return Response(status=503)

    def _errand(self, request: Request) -> Errand:
        url = self._run.target.origin + request.path
        call = Call(request.method, url, self._api.role, self._api.token)
        operation = self._operations.get((request.method, url))
        if operation is None:
            # Without its body, since a service that takes the method all the same would charge for it.
            return Errand(request.path, Kind.UNLISTED, call)
        kind = Kind.BARE
        if operation == _GENERATE:
            payload = payload_of(request)
            call = (payload if self._penniless else payload.of_one_image()).put_in(call)
            kind, call = payload.kind, replace(call, patience=self._run.target.timeouts.generation)
        authorization = request.headers.get("Authorization")
        if authorization == AUTHORIZATION:
            return Errand(operation, kind, call)
        return Errand(
            operation, Kind.UNAUTHENTICATED, replace(call, role="nobody", token=None, authorization=authorization)
        )

    def _is_too_dear(self, errand: Errand) -> bool:
        return self._campaign.to_be_refused and errand.kind in _NOT_TO_BE_REFUSED and not self._penniless

    def _answer(self, errand: Errand) -> Response:
        paid = errand.operation == _GENERATE
        reply = self._api.post(errand.call, 1) if paid else self._run.transport.send(errand.call)
        self.record.answers[errand.kind, reply.status] += 1
        found = list(judge(self._run.contract, errand.operation, errand.kind, reply))
        causes = {self.record.note(errand.operation, finding, reply) for finding in found}
        self._left -= 1
        self._credits -= paid and self._may_have_cost(reply)
        if self._left <= 0 or self._credits <= 0:
            self._end()
        return _relayed(reply, broken=bool(causes - self._settled))

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
