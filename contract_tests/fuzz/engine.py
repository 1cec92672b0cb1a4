"""Campaigns carried out by the engine of schemathesis."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import configuration as hypothesis_configuration
from schemathesis import Case, CheckContext, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response

# Schemathesis documents neither its engine nor the events; of both, no more is used than these names, and
# of a case the name of its phase.
from schemathesis.engine import events, from_schema

from contract_tests.errors import CouldNotLookError
from contract_tests.fuzz.campaigns import Campaign, allowance, configuration, is_fast
from contract_tests.fuzz.gateway import BROKEN, DOCUMENT, Gateway
from contract_tests.fuzz.judgement import Record
from contract_tests.runner.events import Verdict
from contract_tests.runner.run import Run

_MOST_SHRUNK = 300
_ROUNDS = 3


@schemathesis.check
def unbroken(ctx: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG001  the signature of a check
    """Tell schemathesis of a new finding, so that it looks for a shorter request with the same."""
    if BROKEN.lower() in response.headers:
        raise AssertionError(BROKEN)


def carry_out(campaign: Campaign, run: Run, verdict: Verdict, role: str) -> Record:
    """Send the requests of a campaign, and decide what was broken: each cause once, by its shortest request."""
    gateway = Gateway(run, role, campaign, allowance(run) + _MOST_SHRUNK * is_fast(run))
    try:
        with nothing_left_behind():
            _explore(campaign, gateway, run)
    finally:
        for finding, reply in gateway.record.broken.values():
            verdict.expect(finding.rule, False, expected=finding.expected, received=finding.received, by=reply)
    if gateway.trouble:
        raise gateway.trouble
    return gateway.record


def _explore(campaign: Campaign, gateway: Gateway, run: Run) -> None:
    """Carry a campaign out; after a finding its fuzzing goes on, as one finding of an operation ends it."""
    _drive(campaign, gateway, run)
    if not is_fast(run) or "fuzzing" not in campaign.phases:
        return
    for _ in range(_ROUNDS):
        if gateway.stopped or not gateway.settle():
            return
        _drive(replace(campaign, phases=("fuzzing",)), gateway, run)


def _drive(campaign: Campaign, gateway: Gateway, run: Run) -> None:
    config = SchemathesisConfig.from_dict(configuration(campaign, run))
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, gateway, config=config)
    chosen = schema.include(operation_id=list(campaign.operations))
    chance = random.Random(run.settings.seed)
    share = allowance(run) / 2 / campaign.enumerated

    @chosen.hook
    def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001  the signature of a hook
        phase = case.meta.phase.name.value if case.meta else ""
        return phase not in {"examples", "coverage"} or chance.random() < share

    stream = from_schema(chosen).execute()
    gateway.stop = stream.stop
    for event in stream:
        _heed(event, gateway)


def _heed(event: events.EngineEvent, gateway: Gateway) -> None:
    if isinstance(event, events.Interrupted) and not gateway.stopped:
        raise KeyboardInterrupt
    if isinstance(event, events.NonFatalError) and not gateway.stopped:
        raise CouldNotLookError(f"no requests could be generated: {event.info.title}: {event.info.message}")
    if isinstance(event, events.FatalError):
        raise event.exception


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """Hypothesis keeps what it works out in the current folder, unless it is told of another one."""
    before = hypothesis_configuration.storage_directory(intent_to_write=False).home_directory
    with tempfile.TemporaryDirectory() as folder:
        hypothesis_configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            hypothesis_configuration.set_hypothesis_home_dir(before)
