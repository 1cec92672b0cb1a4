"""The result of a reissue: pairs of exchanges, and their differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.client.masking import Masker
from contract_tests.comparison.comparator import Comparator, Side, started_at
from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.replay import Played
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target, origin_of


@dataclass(frozen=True)
class Outcome:
    """behaviour: the settings of a mock, empty for a service. began: when a reissue in real time did, since 1970."""

    recording: Recording
    target: Target
    played: Played
    behaviour: Mapping[str, Any]
    masker: Masker
    began: float | None = None

    @cached_property
    def pairs(self) -> list[Pair]:
        """The exchanges that were sent again, in the order of the recorded replies."""
        reissued = self.played.reissued
        sent = [each for each in self.recording.exchanges if each.number in reissued]
        in_order = sorted(sent, key=lambda each: (each.received, each.number))
        return [Pair(each, reissued[each.number].exchange) for each in in_order]

    @property
    def drifts(self) -> bool:
        """Whether a service was asked again, in real time, and not a mock."""
        return self.began is not None

    def differences(self) -> list[Difference]:
        """Return all differences, in the order of the recorded replies."""
        started = started_at(self.recording.manifest.started_at)
        recorded = Side(origin_of(self.recording.manifest.target), started)
        reissued = Side(self.target.origin, started if self.began is None else self.began)
        comparator = Comparator(recorded, reissued, self.recording.manifest.stand_ins)
        return [difference for pair in self.pairs for difference in comparator.compare(pair)]
