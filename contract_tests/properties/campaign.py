"""Campaigns of generated requests: which phases of schemathesis run, how much they send, and what comes of it."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import configuration
from schemathesis import Case, CheckContext, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.transport import Response

# Schemathesis documents neither its engine nor the events; of them, this module uses no more than these names.
from schemathesis.engine import events, from_schema

from contract_tests.errors import CouldNotLookError
from contract_tests.properties.gateway import AUTHORIZATION, BROKEN, DOCUMENT, Gateway
from contract_tests.properties.record import Record
from contract_tests.run import Run
from contract_tests.verdict import Verdict

_SECONDS = 4
_FEWEST_REQUESTS = 7
_MOST_EXAMPLES = 20
_MOST_SHRUNK = 300
_ROUNDS = 3
_FAST = 50
# Texts that services stumble over.
_TROUBLESOME = [
    "x" * 5000,
    "ü" * 300,
    "👩‍🚀🏳️‍🌈",
    "\u202eabc",
    "'\";--",
    "%s%n{0}${7*7}",
    "../../etc/passwd",
    "<b>&amp;",
]


@dataclass(frozen=True)
class Campaign:
    """What to send. `enumerated` is about how many cases the document gives by its examples and boundaries."""

    operations: tuple[str, ...]
    mode: str
    phases: tuple[str, ...]
    enumerated: int
    credits: int = 1


@schemathesis.check
def unbroken(ctx: CheckContext, response: Response, case: Case[Any]) -> None:  # noqa: ARG001  the signature of a check
    """Tell schemathesis of a new finding, so that it looks for a shorter request with the same."""
    if BROKEN.lower() in response.headers:
        raise AssertionError(BROKEN)


def carry_out(campaign: Campaign, run: Run, verdict: Verdict, role: str) -> Record:
    """Send the requests of a campaign, and decide what was broken: each cause once, by its shortest request."""
    gateway = Gateway(run, role, most=_allowance(run) + _MOST_SHRUNK * _is_fast(run), credits_=campaign.credits)
    with _nothing_left_behind():
        _drive(campaign, gateway, run)
        further = replace(campaign, phases=("fuzzing",))
        rounds = _ROUNDS if _is_fast(run) and "fuzzing" in campaign.phases else 0
        while rounds and gateway.settle() and not gateway.stopped:
            rounds -= 1
            _drive(further, gateway, run)
    for broken in gateway.record.broken.values():
        finding = broken.finding
        verdict.expect(finding.rule, False, expected=finding.expected, received=finding.received, by=broken.reply)
    if gateway.trouble:
        raise gateway.trouble
    return gateway.record


def _drive(campaign: Campaign, gateway: Gateway, run: Run) -> None:
    config = SchemathesisConfig.from_dict(_configuration(campaign, run))
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, gateway, config=config)
    chosen = schema.include(operation_id=list(campaign.operations))
    chance = random.Random(run.settings.seed)
    share = _allowance(run) / 2 / campaign.enumerated

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


def _configuration(campaign: Campaign, run: Run) -> dict[str, Any]:
    """Nothing is learned from replies or from earlier runs, so that the same seed gives the same requests."""
    unlearned = {"extra-data-sources": {"responses": False}}
    fast, phases = _is_fast(run), campaign.phases
    return {
        "seed": run.settings.seed,
        "base-url": run.target.base_url,
        "headers": {"Authorization": AUTHORIZATION},
        "continue-on-failure": False,
        "cache": {"enabled": False},
        "analysis": {"constants": {"enabled": False}},
        "dictionaries": {"troublesome": {"values": _TROUBLESOME}},
        "checks": {"enabled": False},
        "generation": {
            "mode": campaign.mode,
            "database": "none",
            "max-examples": min(_MOST_EXAMPLES, _allowance(run) // 2),
            "no-shrink": not fast,
            "dictionaries": {"string": {"dictionary": "troublesome", "probability": 0.1}},
        },
        "phases": {
            "examples": {"enabled": "examples" in phases, **unlearned},
            "coverage": {"enabled": "coverage" in phases, **unlearned},
            "fuzzing": {
                "enabled": "fuzzing" in phases,
                "error-feedback": {"enabled": False},
                "checks": {"unbroken": {"enabled": fast}},
                **unlearned,
            },
            "stateful": {
                "enabled": "stateful" in phases,
                "max-steps": 4,
                "link-calibration": False,
                "inference": {"algorithms": []},
            },
        },
    }


def _allowance(run: Run) -> int:
    """As many requests as a few seconds allow, so that a slow pace does not draw out a run."""
    return max(_FEWEST_REQUESTS, int(run.target.budget.requests_per_second * _SECONDS))


def _is_fast(run: Run) -> bool:
    """Whether looking for the shortest request takes no time to speak of."""
    return run.target.budget.requests_per_second >= _FAST


@contextmanager
def _nothing_left_behind() -> Iterator[None]:
    """Hypothesis keeps what it works out in the current folder, unless it is told of another one."""
    before = configuration.storage_directory(intent_to_write=False).home_directory
    with tempfile.TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(Path(folder))
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)
