"""A recording played at a mock, as fast as it answers, or at the service, within a budget."""

import time
from collections.abc import Callable
from dataclasses import replace

from msgspec import structs

from contract_tests.client.budget import Budget
from contract_tests.client.connection import make_client
from contract_tests.client.control import Control
from contract_tests.client.masking import Masker
from contract_tests.client.transport import Transport
from contract_tests.comparison.drift import Drift
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.reissue import Sender
from contract_tests.comparison.replay import Replay, replay_tokens
from contract_tests.comparison.selection import Selection
from contract_tests.comparison.state import PLENTY
from contract_tests.errors import InconclusiveError, PreflightError, TargetLostError
from contract_tests.recordings.model import Recording
from contract_tests.runner.listening import check_listening
from contract_tests.runner.target import Target

_UNPACED = 1e9


def replay(recording: Recording, target: Target) -> Outcome:
    """Play a recording at a mock; raise PreflightError if there is none."""
    unpaced = replace(target, budget=structs.replace(target.budget, requests_per_second=_UNPACED))
    tokens = replay_tokens(target)
    masker = Masker([*target.secrets, *tokens.values()])
    transport = Transport(unpaced, masker, Budget(PLENTY), client=make_client(target))
    control = Control(target.origin, transport, target.admin_token)
    try:
        behaviour = _behaviour(target, control)
        played = Replay(recording, Sender(target, transport, tokens), control, tokens, behaviour).play()
    finally:
        transport.close()
    return Outcome(recording, target, played, behaviour, masker)


def _behaviour(target: Target, control: Control) -> dict[str, object]:
    """Return the settings of the mock, none for one that does not tell them."""
    try:
        control.health()
    except (InconclusiveError, TargetLostError) as error:
        check_listening(target, error)
        where = f"{target.origin}/_mock"
        raise PreflightError(f"the target says control: mock, and {where} cannot be used: {error}.") from None
    try:
        return control.behaviour()
    except InconclusiveError:
        return {}


def drift(
    recording: Recording,
    target: Target,
    selection: Selection,
    budget: Budget,
    *,
    transport: Transport | None = None,
    now: Callable[[], float] = time.time,
) -> Outcome:
    """Send the selected exchanges of a recording to the service again, never above the budget."""
    masker = Masker(target.secrets)
    transport = transport or Transport(target, masker, budget)
    tokens = {role: account.token for role, account in target.accounts.items() if account.token}
    began = now()
    try:
        sender = Sender(target, transport, tokens)
        played = Drift(selection, sender, transport, target.timeouts.generation).play()
    finally:
        transport.close()
    return Outcome(recording, target, played, {}, masker, began)
