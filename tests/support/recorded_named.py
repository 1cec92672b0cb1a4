"""Servers of the catalogue, by name, as services that are recorded and asked again."""

from collections.abc import Mapping

from contract_tests.client.budget import Budget
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.playing import drift
from contract_tests.comparison.selection import select
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.pace import Pace
from contract_tests.wrong_servers.pacing import transport_at
from contract_tests.wrong_servers.presentation import ForeignPresentation
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.serving import entries
from contract_tests.wrong_servers.state import LEFT, LOW, Accounts, token_of
from contract_tests.wrong_servers.virtual_time import fast_time
from contract_tests.wrong_servers.wire import Server
from support.recorded import ROLES, Script, record, target_at

# Where time cannot be virtual.
_FACTOR = 1
GENERATION_SECONDS = 0.4
CREDITS = 60
FIGURES = {"low": LOW, "almost_limited": LEFT}


def recorded_at(server: str | Target, script: Script) -> Recording:
    """Return what a script sends to a server of the catalogue, or to a target."""
    if isinstance(server, Target):
        return record(server, script)
    with fast_time(_FACTOR) as pace, in_thread(_server(server, pace)) as origin:
        target = _target(origin)
        return record(target, script, transport_at(pace, target, Budget(CREDITS)), pace.now())


def asked_again(server: str, recording: Recording, accounts: Mapping[str, Mapping[str, int]] | None = None) -> Outcome:
    """Return the reissue at a server. accounts: the states that some of its accounts have; an empty one has no lock."""
    chosen = select(recording.exchanges, CREDITS)
    with fast_time(_FACTOR) as pace, in_thread(_server(server, pace, accounts or {})) as origin:
        target = _target(origin)
        budget = Budget(CREDITS)
        return drift(recording, target, chosen, budget, transport=transport_at(pace, target, budget), now=pace.now)


def _target(origin: str) -> Target:
    return target_at(origin, {role: token_of(role) for role in ROLES}, figures=FIGURES)


def _server(name: str, pace: Pace, states: Mapping[str, Mapping[str, int]] | None = None) -> Server:
    make = {entry.name: entry for entry in entries()}[name].source
    assert isinstance(make, type)
    assert issubclass(make, Service)
    presentation, accounts = ForeignPresentation(), Accounts(open_=False, shared=make.shared_lock, pace=pace)
    service = make(presentation, accounts, GENERATION_SECONDS)
    for role, state in (states or {}).items():
        account = accounts.get(token_of(role))
        account.outside_lock = None
        account.credits = state.get("credits", account.credits)
        account.use(state.get("used_today", account.used_today()) - account.used_today())
    return Server(0, service.answer, presentation, pace)
