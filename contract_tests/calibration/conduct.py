"""Conducts experiments at a service, each by the function that its name selects.

Whatever one reply shows by itself is seen on the way (sightings.py).
"""

from collections.abc import Callable, Mapping
from typing import Any

from contract_tests.calibration.bench import json_of
from contract_tests.calibration.beyond import BeyondLimitExperiments
from contract_tests.calibration.choice import Experiment
from contract_tests.calibration.evidence import ENOUGH
from contract_tests.calibration.free import FreeExperiments
from contract_tests.calibration.paid import PaidExperiments
from contract_tests.calibration.priced import BEYOND
from contract_tests.calibration.sightings import IN_QUEUE
from contract_tests.errors import InconclusiveError, TargetLostError

_OVERLAP_SECONDS = 2.0
_QUEUE_PAUSES = (0.0, 2.0, 5.0, 10.0)


class Conductor(FreeExperiments, BeyondLimitExperiments, PaidExperiments):
    """Conducts the experiments of one calibration."""

    def conduct(self, experiment: Experiment) -> None:
        """Send the calls of an experiment; raise what ends the calibration."""
        kind, *subjects = experiment.name.split(", ")
        _CONDUCTED[kind](self, *subjects)

    def take_time(self) -> None:
        """Let the generations of a mock under control take long enough for calls meanwhile."""
        for role in sorted({"primary", "secondary", "low", "almost_limited"} & self.run.target.accounts.keys()):
            if self.run.control:
                self.run.control.change(self.run.accounts[role].secret, generation_time=_OVERLAP_SECONDS)

    def look_again(self) -> None:
        """Read the lists of images again, which are free, until no image is queued any more."""
        for _ in range(ENOUGH):
            self.versions()
        for role in self.images:
            for pause in _QUEUE_PAUSES:
                self.run.transport.sleep(pause)
                if not any(isinstance(each, dict) and each.get("status") == IN_QUEUE for each in self._list(role)):
                    break

    def _list(self, role: str) -> list[Any]:
        try:
            body = json_of(self.api(role).recent())
        except (InconclusiveError, TargetLostError):
            return []
        return body if isinstance(body, list) else []


_CONDUCTED: Mapping[str, Callable[..., None]] = {
    "unknown path": Conductor.unknown_path,
    "trailing slash": Conductor.trailing_slash,
    "path without v1": Conductor.without_version,
    "no token": Conductor.no_token,
    "no token or JSON accepted": Conductor.no_json_accepted,
    "preflight of a browser": Conductor.preflight,
    "rate limit in headers": Conductor.versions,
    "invalid request": Conductor.several_errors,
    "recent images": Conductor.recent,
    "two recent images": Conductor.recent,
    "invalid": Conductor.invalid_by,
    "valid": Conductor.valid_by,
    "urlencoded": Conductor.urlencoded_by,
    "invisible prompt": Conductor.invisible_prompt_by,
    "offer": Conductor.offer,
    "bound": Conductor.bound,
    BEYOND: Conductor.beyond_a_limit,
    "calls during a generation": Conductor.overlap,
    "calls of two accounts during a generation": Conductor.overlap_of_two,
    "generation": Conductor.generation,
    "images at once": Conductor.several,
    "more images than credits": Conductor.too_many,
    "last images of the day": Conductor.day,
}
