"""The way of a request through the mock, phase by phase."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial, reduce
from random import Random
from typing import Protocol

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from mock_server.contract import Contract
from mock_server.domain.clock import seconds
from mock_server.domain.entry import Entry
from mock_server.faults import Fault, FaultError, Target, check, forced_status, make_fault, parse_header
from mock_server.faults.transmission import Transmission
from mock_server.service import GenerationLostError, Service
from mock_server.stores.protocol import StoreUnavailableError

from .access import log_access
from .connections import is_gone, transmit
from .replies import RefusedError, Reply, error, to_transmission
from .visit import Answer, Visit

_log = logging.getLogger("aiimage_mock")


class Responder(Protocol):
    """What answers the requests for one path."""

    def operation(self, method: str) -> str | None:
        """Return the id of the operation that a method stands for, None for none."""
        ...

    async def arrive(self, visit: Visit) -> None:
        """Find out who calls, and take in what came with the request; raise RefusedError."""
        ...

    async def answer(self, visit: Visit) -> Answer:
        """Return the answer to a request that no fault kept away. It was refused already where `visit` says so."""
        ...


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One path as an ASGI application. faulty: whether a request may ask for a fault of its own."""

    contract: Contract
    service: Service
    responder: Responder
    faulty: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(scope, receive, self.responder.operation(scope["method"]), self.service.clock.now())
        try:
            visit.refused = await self._guarded(visit, self.responder.arrive)
        except ClientDisconnect:
            return
        with self._under_way(visit):
            transmission = self._spoilt(visit, await self._guarded(visit, self._answer))
            if not visit.forgotten:
                transmission = await self._recorded(visit, transmission, heard=not is_gone(scope))
            log_access(visit, transmission)
            if transmission.timed:
                await transmit(transmission, partial(self._wait, visit), scope, receive, send)
        if not transmission.timed:  # however slowly the client takes it on, no clock waits for that
            await transmit(transmission, partial(self._wait, visit), scope, receive, send)

    async def _guarded(self, visit: Visit, phase: Callable[[Visit], Awaitable[Answer | None]]) -> Answer | None:
        """Return what a phase returns, or the reply to what went wrong in it: the client always gets an answer."""
        try:
            return await phase(visit)
        except RefusedError as refused:
            return refused.reply
        except GenerationLostError:
            visit.forgotten = True
            return error("reset")
        except StoreUnavailableError as unavailable:
            return error("unavailable", reason=unavailable)
        except asyncio.CancelledError:
            return error("stopping")
        except ClientDisconnect:
            raise
        except Exception:  # noqa: BLE001 (whatever fails)
            _log.exception("request %s failed", visit.id)
            return error("internal")

    async def _answer(self, visit: Visit) -> Answer:
        await self._strike(visit)
        delay = sum(fault.delay(chance) for fault, chance in visit.faults)
        if delay:
            await self._wait(visit, delay)
        target = Target(self.contract, visit.operation or "")
        instead = (fault.answer(target) for fault, _ in visit.faults)
        return next((each for each in instead if each), None) or await self.responder.answer(visit)

    async def _strike(self, visit: Visit) -> None:
        """Find out what time it is in the caller's world, and which faults strike the request."""
        if visit.caller is None:
            return
        visit.seen, strikes = await self.service.visit(visit.caller, visit.operation or "")
        struck = [(make_fault(each.fault, each.parameters), Random(each.chance)) for each in strikes]  # noqa: S311
        chance = f"{self.service.seed}/{visit.number}"
        visit.faults = [*struck, *((fault, Random(chance)) for fault in self._asked_for(visit))]  # noqa: S311

    def _asked_for(self, visit: Visit) -> list[Fault]:
        """Return the faults that the request itself asks for; raise RefusedError where it asks for nonsense."""
        headers = visit.headers
        if not self.faulty or visit.operation is None or not (b"x-mock-fault" in headers or b"prefer" in headers):
            return []
        try:
            faults = parse_header(visit.header(b"x-mock-fault"))
            code = forced_status(visit.header(b"prefer"))
            if code is not None:
                faults.append(make_fault("status", {"code": code}))
            for fault in faults:
                check(fault, Target(self.contract, visit.operation))
        except FaultError as wrong:
            raise RefusedError(error("bad-fault", complaint=wrong.sentence)) from wrong
        return faults

    def _spoilt(self, visit: Visit, answer: Answer | None) -> Transmission:
        """Return what is sent: the answer, after the faults that strike its way back."""
        if isinstance(answer, Reply):
            visit.reply = answer
            answer = to_transmission(answer)
        assert answer is not None
        transmission = reduce(lambda sent, strike: strike[0].transmit(sent), visit.faults, answer)
        return transmission.with_header("x-mock-request-id", visit.id)

    async def _recorded(self, visit: Visit, transmission: Transmission, heard: bool) -> Transmission:
        """Write the request down, and return what is sent: what cannot be written down is not told either."""
        try:
            await self._record(visit.entry(transmission, heard))
        except StoreUnavailableError as unavailable:
            return to_transmission(error("unavailable", reason=unavailable))
        return transmission

    async def _record(self, entry: Entry) -> None:
        await self.service.journal.append(entry)
        if self.service.events.heard:
            told = {"id": entry.id, "operation": entry.operation, "status": entry.status, "rule": entry.rule}
            self.service.events.tell("request", entry.world, **told)

    def _under_way(self, visit: Visit) -> AbstractContextManager[None]:
        if visit.caller is None:
            return nullcontext()
        return self.service.agenda.under_way(self.service.clock_of(visit.caller.world))

    async def _wait(self, visit: Visit, delay: float) -> None:
        """Let so many seconds pass in the caller's world, and look at it again."""
        assert visit.caller is not None
        now = (await self.service.look(visit.caller)).now
        visit.seen = await self.service.wait(visit.caller, now + seconds(delay))
