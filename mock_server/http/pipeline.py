"""The pipeline: a request's way through the mock, phase by phase."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Protocol

from starlette.types import Receive, Scope, Send

from mock_server.contract import Contract
from mock_server.domain.clock import seconds
from mock_server.faults import Fault, FaultError, Target, check_target, forced_status, make_fault, parse_header
from mock_server.faults.transmission import Transmission
from mock_server.service import Caller, GenerationLostError, Seen, Service
from mock_server.stores.protocol import StoreUnavailableError

from .access_log import AccessLog
from .connections import connection_of, transmit
from .context import RequestContext, parse_headers
from .cors import preflight, readable
from .presentation import Presenter
from .recording import journal_entry, unfinished_entry
from .replies import ClientGoneError, RefusedError, Reply, error, to_transmission

_log = logging.getLogger("aiimage_mock")


class Responder(Protocol):
    """Answers the requests for one path."""

    def operation_id(self, method: str) -> str | None:
        """Return the id of the operation that a method calls, None for none."""
        ...

    async def prepare(self, context: RequestContext) -> None:
        """Authenticate the caller and read the body; raise RefusedError."""
        ...

    async def respond(self, context: RequestContext) -> Reply | Transmission:
        """Return the reply to a request, which is `context.early_reply` if it was refused already."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One path as an ASGI application. allow_faults: whether a request may ask for a fault; log: the access log."""

    contract: Contract
    service: Service
    responder: Responder
    allow_faults: bool
    log: AccessLog
    present: Presenter
    cors: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation, now = self.responder.operation_id(scope["method"]), self.service.clock.now()
        context = RequestContext(scope, receive, operation, now, parse_headers(scope["headers"]))
        if self.cors and scope["method"] == "OPTIONS" and (answer := preflight(context.headers)):
            # Not in the journal: it is the browser's request, not the client's.
            self.log(context, answer)
            await transmit(answer, context.id, partial(self._wait, context), scope, receive, send)
            return
        try:
            await self.responder.prepare(context)
        except ClientGoneError:
            return
        except BaseException as problem:  # noqa: BLE001 (every failure gets a reply)
            context.early_reply = self._error_reply(context, problem)
        with _InProgress(self.service, context):
            try:
                reply = await self._respond(context)
            except BaseException as problem:  # noqa: BLE001 (every failure gets a reply)
                reply = self._error_reply(context, problem)
            transmission = self._apply_faults(context, reply)
            if not context.world_reset:
                # Before the reply is sent: a client that reads the journal next finds its request there.
                transmission = await self._record(context, transmission, not connection_of(scope).is_closing())
            self.log(context, transmission)
            timed = bool(context.faults) and transmission.timed  # only a fault makes a reply take time
            sending = transmit(transmission, context.id, partial(self._wait, context), scope, receive, send)
            if timed:
                await sending
        if not timed:  # a client that reads slowly must not hold up the world's clock
            await sending

    def _error_reply(self, context: RequestContext, problem: BaseException) -> Reply:
        """Return the reply to an exception that a phase raised."""
        match problem:
            case RefusedError():
                return problem.reply
            case GenerationLostError():
                context.world_reset = True
                return error("reset")
            case StoreUnavailableError():
                return error("unavailable", reason=problem)
            case asyncio.CancelledError():
                return error("stopping")
            case Exception():
                _log.error("request %s failed", context.id, exc_info=problem)
                return error("internal")
            case _:
                raise problem

    async def _respond(self, context: RequestContext) -> Reply | Transmission:
        if context.caller is not None:
            context.seen = await self.service.look(context.caller)
            context.at = context.seen.now
            if context.seen.world.faults or context.headers.requests_fault:
                await self._select_faults(context, context.caller, context.seen)
        instead = await self._fault_reply(context) if context.faults else None
        return instead or await self.responder.respond(context)

    async def _select_faults(self, context: RequestContext, caller: Caller, seen: Seen) -> None:
        """Put the faults that apply into the context: first those planned in the world, then those requested."""
        planned = await self.service.select_faults(caller, context.operation or "", seen)
        applied = [(make_fault(each.fault, each.parameters), Random(each.seed)) for each in planned]  # noqa: S311
        # Not the id, a part of which is random: the same seed must draw the same.
        chance = f"{self.service.seed}/{context.number}"
        context.faults = [*applied, *((fault, Random(chance)) for fault in self._requested_faults(context))]  # noqa: S311

    def _requested_faults(self, context: RequestContext) -> list[Fault]:
        """Return the faults that the headers ask for; raise RefusedError if one is invalid."""
        if not self.allow_faults or context.operation is None:
            return []
        try:
            faults = parse_header(context.headers.get(b"x-mock-fault"))
            code = forced_status(context.headers.get(b"prefer"))
            if code is not None:
                faults.append(make_fault("status", {"code": code}))
            for fault in faults:
                check_target(fault, Target(self.contract, context.operation))
        except FaultError as invalid:
            raise RefusedError(error("bad-fault", complaint=invalid.sentence)) from invalid
        return faults

    async def _fault_reply(self, context: RequestContext) -> Transmission | None:
        """Delay the request by its faults, and return the reply of the first fault with one, else None."""
        delay = sum(fault.delay_seconds(chance) for fault, chance in context.faults)
        if delay:
            await self._wait(context, delay)
        target = Target(self.contract, context.operation or "")
        replies = (fault.early_reply(target) for fault, _ in context.faults)
        return next((each for each in replies if each), None)

    def _apply_faults(self, context: RequestContext, reply: Reply | Transmission) -> Transmission:
        """Return the transmission of a reply, as the faults change it."""
        if isinstance(reply, Reply):
            context.reply = reply
            reply = self.present(context, reply)
        if self.cors:
            reply = readable(reply, context.headers)
        for fault, _ in context.faults:
            reply = fault.change_reply(reply)
        return reply

    async def _record(self, context: RequestContext, transmission: Transmission, connected: bool) -> Transmission:
        """Write the journal entry and return what is sent: if the journal cannot be written, a 503."""
        entry = journal_entry(context, transmission, connected)
        try:
            await self.service.journal.append(entry)
        except StoreUnavailableError as unavailable:
            return to_transmission(error("unavailable", reason=unavailable))
        if self.service.events.wanted:
            event = {"id": entry.id, "operation": entry.operation, "status": entry.status, "rule": entry.rule}
            self.service.events.publish("request", entry.world, **event)
        return transmission

    async def _wait(self, context: RequestContext, delay: float) -> None:
        """Wait `delay` seconds on the clock of the caller's world, and read that world again."""
        assert context.caller is not None
        now = (await self.service.look(context.caller)).now
        context.seen = await self.service.wait(context.caller, now + seconds(delay))


# A class, since a generator as context manager takes five times as long, and every request enters one.
class _InProgress:
    """A request in progress: it is listed, and busy in its world, so that an advance of the clock waits for it."""

    __slots__ = ("_clock", "_request", "_service")

    def __init__(self, service: Service, context: RequestContext) -> None:
        self._service = service
        self._request = context
        self._clock = service.clock_of(context.caller.world) if context.caller else None

    def __enter__(self) -> None:
        self._service.in_progress.add(self._request.id, partial(unfinished_entry, self._request))
        if self._clock is not None:
            self._service.scheduler.enter(self._clock)

    def __exit__(self, *failure: object) -> None:
        if self._clock is not None:
            self._service.scheduler.leave(self._clock)
        self._service.in_progress.remove(self._request.id)
