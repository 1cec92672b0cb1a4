"""The operations of the API: authentication, the body, the handler, and its reply checked against the contract."""

import logging
from collections.abc import Mapping
from functools import lru_cache

from mock_server.contract import Contract, Operation
from mock_server.domain import charges
from mock_server.domain.rates import count_call
from mock_server.service import Service, earlier_refusal

from .body import BodyReader
from .context import RequestContext
from .handlers import Call, Handler
from .orders import read_demand
from .replies import INVALID_CODES, RefusedError, Reply, error, refused

_log = logging.getLogger("aiimage_mock")
# The refused generations that count against the daily limit, where attempts do. [DAILY-RESET]
_ATTEMPTS = frozenset({*INVALID_CODES, "locked", "no-credits"})
_MAX_REMEMBERED_CALLERS = 10_000


class Operations:
    """Answers the requests for one path. operations: by method; empty for an unknown path."""

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
        # Accounts never change while the mock runs, and hashing a token takes 1 us.
        self._caller = lru_cache(_MAX_REMEMBERED_CALLERS)(service.caller)
        self._operations = dict(operations)
        if "GET" in self._operations:
            self._operations["HEAD"] = self._operations["GET"]
        self._counts_attempts = service.behaviour.daily_unit == "attempts"
        self._counts_calls = service.behaviour.rate_limit != "none"
        self._allow = ", ".join(sorted(self._operations))
        # By operation and status, the reply that was checked last: most have a body that never changes.
        self._fine: dict[tuple[str | None, int], Reply] = {}

    def operation_id(self, method: str) -> str | None:
        """Return the operationId of a method, None if the path does not take it."""
        operation = self._operations.get(method)
        return operation.id if operation else None

    async def prepare(self, context: RequestContext) -> None:
        """Authenticate the caller and read the body; raise RefusedError."""
        context.caller = self._caller(context.headers.token) if context.headers.token else None
        operation = self._operations.get(context.scope["method"])
        if operation is None:
            return
        if context.caller is None and operation.secured:
            raise RefusedError(error("unauthenticated"))
        scope = context.caller.account.scope if context.caller else None
        if scope is not None and operation.id not in scope:
            raise RefusedError(error("forbidden", operation=operation.id))
        if operation.path_parameters and not operation.accepts(context.scope.get("path_params", {})):
            raise RefusedError(error("no-route", path=context.path))
        if operation.parameters is not None:
            context.fields = await self._reader.read_fields(context, operation.parameters)

    async def respond(self, context: RequestContext) -> Reply:
        """Return the reply to a call, refused in the order that the behaviour gives. [ORDER]"""
        operation = self._operations.get(context.scope["method"])
        if operation is None:
            return self._checked(self._unknown(context), None)
        try:
            refusal = await self._limited(context) if self._counts_calls else None
            reply = refusal or context.early_reply or await self._handle(context, operation)
        except RefusedError as wrong:
            reply = wrong.reply
        if reply.code in INVALID_CODES:
            reply = await self._in_order(context, operation, reply)
        if self._counts_attempts and reply.code in _ATTEMPTS and context.caller:
            await self._service.change(context.caller, charges.count_attempt)
        return self._checked(reply, operation)

    async def _limited(self, context: RequestContext) -> Reply | None:
        """Count the call, and return its refusal if the plan allows no more. [RATE]"""
        caller, behaviour = context.caller, self._service.behaviour
        if caller is None:
            return None
        context.rate = await self._service.change(caller, lambda world, now: count_call(world, now, behaviour))
        context.seen = await self._service.look(caller)
        return refused(context.rate.refusal) if context.rate.refusal else None

    async def _handle(self, context: RequestContext, operation: Operation) -> Reply:
        handler = self._handlers.get(operation.id)
        if handler is None or context.caller is None or context.seen is None:
            return Reply(operation.success.status, operation.success.example)
        return await handler(Call(self._service, operation, context, context.caller, context.seen))

    async def _in_order(self, context: RequestContext, operation: Operation, reply: Reply) -> Reply:
        """Return the refusal of the parameters of a call, unless another refusal precedes it. [ORDER]"""
        behaviour = self._service.behaviour
        caller, seen = context.caller, context.seen
        if caller is None or seen is None or operation.parameters is None:
            return reply
        if operation.parameters.roles.engine is None:
            return reply  # the other refusals are those of a generation
        demand = read_demand(context.sent_fields, operation.parameters.pick(context.sent_fields).roles, behaviour)
        earlier = await earlier_refusal(self._service, caller, context.id, demand, seen)
        return refused(earlier) if earlier else reply

    def _unknown(self, context: RequestContext) -> Reply:
        path = context.path
        if not self._operations:
            return error("no-route", path=path)
        method, allow = context.method, self._allow
        if method == "OPTIONS":  # as the router of Laravel [RFC 9110, 9.3.7]
            return Reply(200, None, {"Allow": allow}, ours=True)
        return error("wrong-method", {"Allow": allow}, method=method, path=path, allow=allow)

    def _checked(self, reply: Reply, operation: Operation | None) -> Reply:
        """Return the reply if the document allows it, else an error that names the difference."""
        if reply.ours:
            return reply
        kind = operation.id if operation else None, reply.status
        last = self._fine.get(kind)
        if last and last.body is reply.body and last.headers == reply.headers:
            return reply
        documented = operation.responses.get(reply.status) if operation else None
        documented = documented or self._contract.fallbacks.get(reply.status)
        if documented is None and reply.code and operation and operation.id not in self._handlers:
            return reply  # an operation that is only in the document need not list every refusal
        complaint = documented.complaint(reply.body, reply.headers) if documented else "the status is not documented"
        if complaint is None:
            self._fine[kind] = reply
            return reply
        _log.error("%s: a %d reply against the contract: %s", operation and operation.id, reply.status, complaint)
        return error("broken-reply", complaint=complaint)
