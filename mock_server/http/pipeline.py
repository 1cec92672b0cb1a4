"""The way of a request through the mock, phase by phase."""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from mock_server.contract import Contract, Operation

from .access import log_access
from .bodies import Fields, read_fields
from .handlers import Call, Handler
from .replies import RefusedError, Reply, error, invalid, to_response
from .service import Caller, Service
from .validation import validate

_log = logging.getLogger("aiimage_mock")
_ids = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What all paths share: the contract, the service, and a handler for each operation that has one."""

    contract: Contract
    service: Service
    handlers: Mapping[str, Handler]

    async def answer(self, request: Request, operation: Operation) -> Reply:
        """Return the reply to a call of an operation."""
        try:
            caller = self._authenticate(request)
            fields = await self._fields(request, operation)
            reply = await self._handle(operation, Call(self.service, caller, fields))
        except RefusedError as refused:
            reply = refused.reply
        return self.checked(reply, operation)

    def _authenticate(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        caller = self.service.caller(token) if scheme.lower() == "bearer" and token and " " not in token else None
        if caller is None:
            raise RefusedError(error("unauthenticated"))
        return caller

    async def _fields(self, request: Request, operation: Operation) -> Fields:
        if operation.parameters is None:
            return {}
        behaviour = self.service.behaviour
        fields, textual = await read_fields(request, behaviour.max_body_bytes)
        fields, findings = validate(operation.parameters, fields, textual, behaviour)
        if findings:
            raise RefusedError(invalid(findings))
        return fields

    async def _handle(self, operation: Operation, call: Call) -> Reply:
        handler = self.handlers.get(operation.id)
        if handler is None:
            return Reply(operation.success.status, operation.success.example)
        return await handler(call)

    def checked(self, reply: Reply, operation: Operation | None = None) -> Reply:
        """Return the reply if the document allows it, else the error that says what it forbids."""
        documented = (operation and operation.responses.get(reply.status)) or self.contract.fallbacks.get(reply.status)
        complaint = documented.complaint(reply.body, reply.headers) if documented else "the status is not documented"
        if complaint is None:
            return reply
        _log.error("%s: a %d reply against the contract: %s", operation and operation.id, reply.status, complaint)
        return error("broken-reply", complaint=complaint)


class Endpoint:
    """One path: its operations by method, as an ASGI application."""

    def __init__(self, pipeline: Pipeline, operations: Mapping[str, Operation]) -> None:
        self._pipeline = pipeline
        self._operations = dict(operations)
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._allow = ", ".join(sorted(self._operations))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        number = f"{next(_ids):08x}"
        try:
            reply = await self._reply(request)
        except ClientDisconnect:
            return
        except asyncio.CancelledError:
            reply = error("stopping")
        except Exception:  # noqa: BLE001 (whatever fails, the client gets an answer)
            _log.exception("request %s failed", number)
            reply = error("internal")
        log_access(request, reply, number)
        await to_response(reply, {"X-Mock-Request-Id": number})(scope, receive, send)

    async def _reply(self, request: Request) -> Reply:
        operation = self._operations.get(request.method)
        if operation is not None:
            return await self._pipeline.answer(request, operation)
        path = request.scope["path"][:200]
        if not self._operations:
            return self._pipeline.checked(error("no-route", path=path))
        headers = {"Allow": self._allow}
        return self._pipeline.checked(
            error("wrong-method", headers, method=request.method, path=path, allow=self._allow)
        )
