"""Servers of the catalogue, by name, as services that are recorded and asked again."""

from collections.abc import Mapping

from contract_tests.client.budget import Budget
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.playing import drift
from contract_tests.comparison.selection import select
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target
from contract_tests.wrong_servers.listening import in_thread
from contract_tests.wrong_servers.presentation import ForeignPresentation
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.serving import entries
from contract_tests.wrong_servers.state import LEFT, LOW, Accounts, token_of
from contract_tests.wrong_servers.wire import Server
from support.recorded import ROLES, Script, record, target_at

GENERATION_SECONDS = 0.4
CREDITS = 60
FIGURES = {"low": LOW, "almost_limited": LEFT}


def recorded_at(server: str | Target, script: Script) -> Recording:
    """Return what a script sends to a server of the catalogue, or to a target."""
    if isinstance(server, Target):
        return record(server, script)
    with in_thread(_server(server)) as origin:
        return record(_target(origin), script)


def asked_again(server: str, recording: Recording, accounts: Mapping[str, Mapping[str, int]] | None = None) -> Outcome:
    """Return the reissue at a server. accounts: the states that some of its accounts have; an empty one has no lock."""
    chosen = select(recording.exchanges, CREDITS)
    with in_thread(_server(server, accounts or {})) as origin:
        return drift(recording, _target(origin), chosen, Budget(CREDITS))


def _target(origin: str) -> Target:
    return target_at(origin, {role: token_of(role) for role in ROLES}, figures=FIGURES)


def _server(name: str, states: Mapping[str, Mapping[str, int]] | None = None) -> Server:
    make = {entry.name: entry for entry in entries()}[name].source
    assert isinstance(make, type)
    assert issubclass(make, Service)
    presentation, accounts = ForeignPresentation(), Accounts(open_=False, shared=make.shared_lock)
    service = make(presentation, accounts, GENERATION_SECONDS)
    for role, state in (states or {}).items():
        account = accounts.get(token_of(role))
        account.outside_lock = None
        account.credits = state.get("credits", account.credits)
        account.use(state.get("used_today", account.used_today()) - account.used_today())
    return Server(0, service.answer, presentation)
