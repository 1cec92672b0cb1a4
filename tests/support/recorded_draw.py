"""Drawn conforming servers as services that are recorded and asked again, in virtual time."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from contract_tests.client.budget import Budget
from contract_tests.client.transport import Transport
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.playing import drift
from contract_tests.comparison.selection import select
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target
from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.service import Service
from contract_tests.wrong_servers.drawn.serving import Server
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.state import LEFT, LOW, token_of
from contract_tests.wrong_servers.virtual_time import fast_time
from support.recorded import ROLES, Script, record, target_at

# Where time cannot be virtual: a busy machine must not make a request miss its moment.
_FACTOR = 1
CREDITS = 60
FIGURES = {"low": LOW, "almost_limited": LEFT}


@dataclass
class DrawnService:
    """A running server with its clock."""

    target: Target
    pace: Pace

    def transport(self) -> Transport:
        return transport_at(self.pace, self.target, Budget(CREDITS))

    def recorded(self, script: Script) -> Recording:
        return record(self.target, script, self.transport(), self.pace.now())

    def asked_again(self, recording: Recording) -> Outcome:
        chosen = select(recording.exchanges, CREDITS)
        return drift(recording, self.target, chosen, Budget(CREDITS), transport=self.transport(), now=self.pace.now)


@contextmanager
def drawn(draw: Draw, *, first: int = 1, roles: tuple[str, ...] = ROLES) -> Iterator[DrawnService]:
    """Serve a draw within the context. first: the number from which ids and addresses are made."""
    with fast_time(_FACTOR) as pace:
        server = Server(Service(draw, pace, control=False))
        if first > 1:
            server.service._generations._numbers = itertools.count(first)
        with in_thread(server) as address:
            scope = "global" if draw["lock scope"] == "global" else "account"
            target = target_at(address, {role: token_of(role) for role in ROLES}, figures=FIGURES, lock_scope=scope)
            yield DrawnService(target, pace)
