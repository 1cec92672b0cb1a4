"""Runs campaigns with the engine of schemathesis."""

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

# Schemathesis documents neither its engine nor the events; only these names, and the phase of a case, are used.
from schemathesis.engine import events, from_schema

from contract_tests.errors import InconclusiveError
from contract_tests.fuzz.campaigns import Campaign, allowance, configuration, is_fast
from contract_tests.fuzz.gateway import BROKEN, DOCUMENT, Gateway
from contract_tests.fuzz.judgement import Record
from contract_tests.runner.run import Run
from contract_tests.runner.verdict import Verdict

_MAX_SHRINK_REQUESTS = 300
_ROUNDS = 3


@schemathesis.check
def no_new_finding(ctx: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG001  the signature of a check
    """Fail for schemathesis on a new finding, so that it searches for a shorter request."""
    if BROKEN.lower() in response.headers:
        raise AssertionError(BROKEN)


def run_campaign(campaign: Campaign, run: Run, verdict: Verdict, role: str) -> Record:
    """Send the requests of a campaign; report each cause once, by its shortest request."""
    gateway = Gateway(run, role, campaign, allowance(run) + _MAX_SHRINK_REQUESTS * is_fast(run))
    try:
        with temporary_hypothesis_home():
            _explore(campaign, gateway, run)
    finally:
        # Also after an error: it does not take back the findings before it.
        for deviation, reply in gateway.record.broken.values():
            verdict.report(deviation, by=reply)
    if gateway.error:
        raise gateway.error
    return gateway.record


def _explore(campaign: Campaign, gateway: Gateway, run: Run) -> None:
    """Run a campaign, and its fuzzing again as long as that finds something new."""
    _drive(campaign, gateway, run)
    if not is_fast(run) or "fuzzing" not in campaign.phases:
        return
    # A finding ends the fuzzing of its operation, and may hide others.
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

    # max-examples does not limit the enumerated phases, so only a share of their cases is sent.
    @chosen.hook
    def filter_case(context: HookContext, case: Case[Any]) -> bool:  # noqa: ARG001  the signature of a hook
        phase = case.meta.phase.name.value if case.meta else ""
        return phase not in {"examples", "coverage"} or chance.random() < share

    stream = from_schema(chosen).execute()
    gateway.stop = stream.stop
    for event in stream:
        _raise_errors(event, gateway)


def _raise_errors(event: events.EngineEvent, gateway: Gateway) -> None:
    # Schemathesis catches Ctrl-C, and reports a stop by the gateway in the same way.
    if isinstance(event, events.Interrupted) and not gateway.stopped:
        raise KeyboardInterrupt
    if isinstance(event, events.NonFatalError) and not gateway.stopped:
        raise InconclusiveError(f"no requests could be generated: {event.info.title}: {event.info.message}")
    if isinstance(event, events.FatalError):
        raise event.exception


@contextmanager
def temporary_hypothesis_home() -> Iterator[None]:
    """Let hypothesis keep its files in a temporary folder, not in the current one."""
    before = hypothesis_configuration.storage_directory(intent_to_write=False).home_directory
    with tempfile.TemporaryDirectory() as folder:
        hypothesis_configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            hypothesis_configuration.set_hypothesis_home_dir(before)
