"""The way of a request through the mock, phase by phase."""

import asyncio
import logging
from contextlib import AbstractContextManager, nullcontext
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

from .access import AccessLog
from .connections import is_gone, transmit
from .heads import understand
from .replies import ClientGoneError, RefusedError, Reply, error, to_transmission
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
    """One path as an ASGI application. faulty: whether a request may ask for a fault; log: the access log."""

    contract: Contract
    service: Service
    responder: Responder
    faulty: bool
    log: AccessLog

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation, now = self.responder.operation(scope["method"]), self.service.clock.now()
        visit = Visit(scope, receive, operation, now, understand(scope["headers"]))
        try:
            await self.responder.arrive(visit)
        except ClientGoneError:
            return
        except BaseException as problem:  # noqa: BLE001 (whatever fails)
            visit.refused = self._failed(visit, problem)
        with self._under_way(visit):
            try:
                answer = await self._answer(visit)
            except BaseException as problem:  # noqa: BLE001 (whatever fails)
                answer = self._failed(visit, problem)
            transmission = self._spoilt(visit, answer)
            if not visit.forgotten:
                transmission = await self._recorded(visit, transmission, heard=not is_gone(scope))
            self.log(visit, transmission)
            timed = transmission.timed
            if timed:
                await transmit(transmission, visit.id, partial(self._wait, visit), scope, receive, send)
        if not timed:  # however slowly the client takes it on, no clock waits for that
            await transmit(transmission, visit.id, partial(self._wait, visit), scope, receive, send)

    def _failed(self, visit: Visit, problem: BaseException) -> Reply:
        """Return the reply to what went wrong in a phase: the client always gets an answer."""
        match problem:
            case RefusedError():
                return problem.reply
            case GenerationLostError():
                visit.forgotten = True
                return error("reset")
            case StoreUnavailableError():
                return error("unavailable", reason=problem)
            case asyncio.CancelledError():
                return error("stopping")
            case Exception():
                _log.error("request %s failed", visit.id, exc_info=problem)
                return error("internal")
            case _:
                raise problem

    async def _answer(self, visit: Visit) -> Answer:
        if visit.caller is not None:
            visit.seen = await self.service.look(visit.caller)
            visit.at = visit.seen.now
            if visit.seen.world.faults or visit.head.asks:
                await self._strike(visit, visit.caller, visit.seen)
        instead = await self._faulted(visit) if visit.faults else None
        return instead or await self.responder.answer(visit)

    async def _faulted(self, visit: Visit) -> Answer | None:
        """Delay the request as its faults say, and return what they answer instead of the service, if anything."""
        delay = sum(fault.delay_seconds(chance) for fault, chance in visit.faults)
        if delay:
            await self._wait(visit, delay)
        target = Target(self.contract, visit.operation or "")
        instead = (fault.early_reply(target) for fault, _ in visit.faults)
        return next((each for each in instead if each), None)

    async def _strike(self, visit: Visit, caller: Caller, seen: Seen) -> None:
        """Find out which faults strike the request: those that are planned in the caller's world, or asked for."""
        strikes = await self.service.select_faults(caller, visit.operation or "", seen)
        struck = [(make_fault(each.fault, each.parameters), Random(each.seed)) for each in strikes]  # noqa: S311
        chance = f"{self.service.seed}/{visit.number}"
        visit.faults = [*struck, *((fault, Random(chance)) for fault in self._asked_for(visit))]  # noqa: S311

    def _asked_for(self, visit: Visit) -> list[Fault]:
        """Return the faults that the request itself asks for; raise RefusedError where it asks for nonsense."""
        if not self.faulty or visit.operation is None:
            return []
        try:
            faults = parse_header(visit.head.header(b"x-mock-fault"))
            code = forced_status(visit.head.header(b"prefer"))
            if code is not None:
                faults.append(make_fault("status", {"code": code}))
            for fault in faults:
                check_target(fault, Target(self.contract, visit.operation))
        except FaultError as wrong:
            raise RefusedError(error("bad-fault", complaint=wrong.sentence)) from wrong
        return faults

    def _spoilt(self, visit: Visit, answer: Answer) -> Transmission:
        """Return what is sent: the answer, after the faults that strike its way back."""
        if isinstance(answer, Reply):
            visit.reply = answer
            answer = to_transmission(answer)
        for fault, _ in visit.faults:
            answer = fault.change_reply(answer)
        return answer

    async def _recorded(self, visit: Visit, transmission: Transmission, heard: bool) -> Transmission:
        """Write the request down, and return what is sent: what cannot be written down is not told either."""
        entry = visit.entry(transmission, heard)
        try:
            await self.service.journal.append(entry)
        except StoreUnavailableError as unavailable:
            return to_transmission(error("unavailable", reason=unavailable))
        if self.service.events.wanted:
            told = {"id": entry.id, "operation": entry.operation, "status": entry.status, "rule": entry.rule}
            self.service.events.publish("request", entry.world, **told)
        return transmission

    def _under_way(self, visit: Visit) -> AbstractContextManager[None]:
        if visit.caller is None:
            return nullcontext()
        return self.service.scheduler.under_way(self.service.clock_of(visit.caller.world))

    async def _wait(self, visit: Visit, delay: float) -> None:
        """Let so many seconds pass in the caller's world, and look at it again."""
        assert visit.caller is not None
        now = (await self.service.look(visit.caller)).now
        visit.seen = await self.service.wait(visit.caller, now + seconds(delay))
