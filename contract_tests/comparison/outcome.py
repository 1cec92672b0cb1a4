"""The result of a reissue: pairs of exchanges, and their differences."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_tests.client.masking import Masker
from contract_tests.comparison.comparator import Comparator, Side, started_at
from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.replay import Played
from contract_tests.recordings.model import Recording
from contract_tests.runner.target import Target, origin_of


@dataclass(frozen=True)
class Outcome:
    """behaviour: the settings of a mock, empty for a service."""

    recording: Recording
    target: Target
    played: Played
    behaviour: Mapping[str, Any]
    masker: Masker

    @property
    def pairs(self) -> list[Pair]:
        """The exchanges that were sent again, in the order of the recorded replies."""
        reissued = self.played.reissued
        sent = [each for each in self.recording.exchanges if each.number in reissued]
        in_order = sorted(sent, key=lambda each: (each.received, each.number))
        return [Pair(each, reissued[each.number].exchange) for each in in_order]

    def differences(self, reissue_started: float | None = None) -> list[Difference]:
        """Return all differences. reissue_started: in seconds since 1970, None if the times are the recorded ones."""
        started = started_at(self.recording.manifest.started_at)
        recorded = Side(origin_of(self.recording.manifest.target), started)
        reissued = Side(self.target.origin, started if reissue_started is None else reissue_started)
        comparator = Comparator(recorded, reissued)
        return [difference for pair in self.pairs for difference in comparator.compare(pair)]
