"""The operations of the API: who calls, with what, and the handler's reply held against the contract."""

import logging
from collections.abc import Mapping
from functools import lru_cache

from msgspec.structs import replace

from mock_server.contract import Contract, Operation
from mock_server.service import Service, earlier_refusal

from .body import BodyReader
from .context import RequestContext
from .handlers import Call, Handler
from .replies import RefusedError, Reply, error, refused

_log = logging.getLogger("aiimage_mock")
_INVALID = ("VALID-422", "I2I-SRC")
_CALLERS = 10_000


class Operations:
    """What answers the requests for one path: its operations by method. No operation at all: an unknown path."""

    def __init__(
        self,
        contract: Contract,
        service: Service,
        reader: BodyReader,
        handlers: Mapping[str, Handler],
        operations: Mapping[str, Operation],
    ) -> None:
        self._contract = contract
        self._service = service
        self._reader = reader
        self._handlers = handlers
        self._caller = lru_cache(_CALLERS)(service.caller)
        self._operations = dict(operations)
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._allow = ", ".join(sorted(self._operations))

    def operation_id(self, method: str) -> str | None:
        """Return the operationId that a method stands for, None for none."""
        return self._operations[method].id if method in self._operations else None

    async def prepare(self, context: RequestContext) -> None:
        """Authenticate the caller and read the body; raise RefusedError."""
        context.caller = self._caller(context.headers.token) if context.headers.token else None
        operation = self._operations.get(context.scope["method"])
        if operation is None:
            return
        if context.caller is None:
            raise RefusedError(error("unauthenticated"))
        if operation.parameters is not None:
            context.fields = await self._reader.read_fields(context, operation.parameters)

    async def respond(self, context: RequestContext) -> Reply:
        """Return the reply to a call, refused in the order that the behaviour gives. [ORDER]"""
        operation = self._operations.get(context.scope["method"])
        if operation is None:
            return self._checked(self._unknown(context), None)
        try:
            reply = context.early_reply or await self._handle(context, operation)
        except RefusedError as wrong:
            reply = wrong.reply
        return self._checked(self._in_order(context, reply), operation)

    async def _handle(self, context: RequestContext, operation: Operation) -> Reply:
        handler = self._handlers.get(operation.id)
        if handler is None or context.caller is None or context.seen is None:
            return Reply(operation.success.status, operation.success.example)
        return await handler(Call(self._service, context, context.caller, context.seen))

    def _in_order(self, context: RequestContext, reply: Reply) -> Reply:
        """Return the reply to a refused call, unless another refusal comes before that of its parameters. [ORDER]"""
        behaviour = self._service.behaviour
        if reply.rule not in _INVALID or context.seen is None:
            return reply
        asked = context.sent_fields.get("image_number_of_images")
        count = asked if isinstance(asked, int) and 0 < asked <= behaviour.max_images else 1
        earlier = earlier_refusal(self._service, context.seen, count)
        if earlier:
            return refused(earlier, behaviour)
        return replace(reply, status=behaviour.invalid_status) if reply.rule == "VALID-422" else reply

    def _unknown(self, context: RequestContext) -> Reply:
        path = context.path
        if not self._operations:
            return error("no-route", path=path)
        method, allow = context.method, self._allow
        return error("wrong-method", {"Allow": allow}, method=method, path=path, allow=allow)

    def _checked(self, reply: Reply, operation: Operation | None) -> Reply:
        """Return the reply if the document allows it, else the error that says what it forbids."""
        if reply.ours:
            return reply
        status = 422 if reply.rule in _INVALID else reply.status
        documented = operation.responses.get(status) if operation else None
        documented = documented or self._contract.fallbacks.get(status)
        complaint = documented.complaint(reply.body, reply.headers) if documented else "the status is not documented"
        if complaint is None:
            return reply
        _log.error("%s: a %d reply against the contract: %s", operation and operation.id, reply.status, complaint)
        return error("broken-reply", complaint=complaint)
