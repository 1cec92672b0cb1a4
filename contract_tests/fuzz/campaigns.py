"""Campaigns of generated requests: their phases of schemathesis, their size, and their document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.fuzz.wire import AUTHORIZATION
from contract_tests.runner.run import Run

_GETS = ("checkAvailability", "getVersions", "getRecentImages")
_POST = ("generateImage",)
_ENUMERATED = ("examples", "coverage")
_SECONDS = 4
_MIN_REQUESTS = 7
_MAX_EXAMPLES = 20
_FAST = 50
_UNLEARNED = {"responses": False}
# A web server in front answers others, TRACE for example, each in its own way.
_UNEXPECTED = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# They break a service that cuts, decodes, escapes or interpolates its texts.
_PROMPTS = [
    "x" * 5000,
    "Ünïcödé, \u202eright to left, e\u0301, \u4e2d\u6587, 👩‍🚀",
    "'\";-- <b>&amp; %s%n {0} ${7*7} ../../x",
]


@dataclass(frozen=True)
class Campaign:
    """The requests to send, and how many credits they may cost.

    enumerated: roughly how many cases the document yields by examples and boundaries, to send a share of them.
    """

    operations: tuple[str, ...]
    mode: str
    phases: tuple[str, ...]
    enumerated: int
    credits: int = 1

    @property
    def expects_refusals(self) -> bool:
        """Whether a service refuses most of its requests."""
        return self.mode == "negative"


CALLS = Campaign(_GETS, "all", (*_ENUMERATED, "fuzzing"), enumerated=30)
DOCUMENTED = Campaign(_POST, "positive", (*_ENUMERATED, "fuzzing"), enumerated=130)
INVALID = Campaign(_POST, "negative", (*_ENUMERATED, "fuzzing"), enumerated=280)
LINKED = Campaign(_GETS + _POST, "positive", ("stateful",), enumerated=1, credits=2)


def allowance(run: Run) -> int:
    """Return how many requests fit into a few seconds, so that a low rate does not prolong a run."""
    return max(_MIN_REQUESTS, int(run.transport.requests_per_second * _SECONDS))


def is_fast(run: Run) -> bool:
    """Return whether the rate is high enough to search for the shortest request."""
    return run.transport.requests_per_second >= _FAST


def configuration(campaign: Campaign, run: Run) -> dict[str, Any]:
    """Return the configuration of schemathesis, by which a seed repeats a run."""
    return {
        "seed": run.settings.seed,
        "base-url": run.target.base_url,
        "headers": {"Authorization": AUTHORIZATION},
        # It would carry over to the next run, which would then send other requests.
        "cache": {"enabled": False},
        # The application that it would take literals from is the suite's own gateway.
        "analysis": {"constants": {"enabled": False}},
        # They would report a 419, which they do not know, and the limits of a service; `judgement` does the checks.
        "checks": {"enabled": False},
        "generation": {
            "mode": campaign.mode,
            "database": "none",
            "max-examples": min(_MAX_EXAMPLES, allowance(run) // 2),
            "no-shrink": not is_fast(run),
        },
        "phases": _phases(campaign, shrink=is_fast(run)),
    }


def _phases(campaign: Campaign, *, shrink: bool) -> dict[str, Any]:
    special: dict[str, dict[str, Any]] = {
        "examples": {"extra-data-sources": _UNLEARNED},
        "coverage": {"extra-data-sources": _UNLEARNED, "unexpected-methods": _UNEXPECTED},
        "fuzzing": {
            "extra-data-sources": _UNLEARNED,
            # It would add the fields that a 422 names, and call their refusal wrong.
            "error-feedback": {"enabled": False},
            "checks": {"no_new_finding": {"enabled": shrink}},
        },
        "stateful": {"max-steps": 4, "link-calibration": False, "inference": {"algorithms": []}},
    }
    return {name: {**phase, "enabled": name in campaign.phases} for name, phase in special.items()}


def provoking(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with these prompts added as examples, and without the list of all fields of a form.

    From that list schemathesis would fill most forms with fields of other engines, whose meaning is open.
    """
    schemas = {name: _alternatives(schema) for name, schema in document["components"]["schemas"].items()}
    prompt = {**schemas["Prompt"], "examples": [*schemas["Prompt"]["examples"], *_PROMPTS]}
    return {**document, "components": {**document["components"], "schemas": {**schemas, "Prompt": prompt}}}


def _alternatives(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    parts = schema.get("allOf", ())
    return {**parts[0], "discriminator": schema["discriminator"]} if len(parts) == 1 and "anyOf" in parts[0] else schema
