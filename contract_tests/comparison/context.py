"""The basis of a diagnosis: one difference with its pair, and all that was recorded and sent again."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.facts import holding, images_made, is_generation, served
from contract_tests.comparison.outcome import Outcome
from contract_tests.comparison.places import rule_of
from contract_tests.comparison.pointer import steps_of
from contract_tests.comparison.requests import parameters
from contract_tests.recordings.model import RecordedExchange


@dataclass(frozen=True)
class Context:
    """One difference, and everything around it."""

    outcome: Outcome
    pair: Pair
    difference: Difference

    @property
    def recorded(self) -> RecordedExchange:
        return self.pair.recorded

    @property
    def reissued(self) -> RecordedExchange:
        return self.pair.reissued

    @property
    def behaviour(self) -> Mapping[str, Any]:
        return self.outcome.behaviour

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The place of the difference below `/response`."""
        return steps_of(self.difference.where)[1:]

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The parameters of the request."""
        return parameters(self.recorded.request)

    @cached_property
    def rule(self) -> str:
        return rule_of(self.difference, self.pair)

    @property
    def statuses(self) -> tuple[int, int]:
        """The recorded status and that of the reissue, 0 without a reply."""
        before, after = self.recorded.response, self.reissued.response
        return before.status if before else 0, after.status if after else 0

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of the request."""
        return {name.lower(): value for name, value in self.recorded.request.headers.items()}

    @cached_property
    def exchanges(self) -> list[RecordedExchange]:
        """The recorded exchanges that were sent again."""
        return [pair.recorded for pair in self.outcome.pairs]

    @cached_property
    def reissues(self) -> list[RecordedExchange]:
        return [pair.reissued for pair in self.outcome.pairs]

    def holders(self, *, recorded: bool) -> list[RecordedExchange]:
        """Return the generations whose lock may have been in force, on one side."""
        exchange, others = (self.recorded, self.exchanges) if recorded else (self.reissued, self.reissues)
        return list(holding(exchange, others))

    def is_new(self, generation: RecordedExchange) -> bool:
        """Return whether a generation of the reissue was served, and that of the recording was not."""
        pair = self.pair_of(generation.number)
        return pair is not None and served(generation) and not served(pair.recorded)

    def made_before(self) -> int:
        """Return how many images the account had made before, in the recording."""
        return sum(
            images_made(each)
            for each in self.outcome.recording.exchanges
            if each.role == self.recorded.role and each.received <= self.recorded.sent
        )

    def generations_before(self) -> list[RecordedExchange]:
        """Return the earlier generations of the same account in the recording."""
        same = [each for each in self.exchanges if each.role == self.recorded.role and is_generation(each)]
        return [each for each in same if each.sent < self.recorded.sent]

    def later(self) -> list[RecordedExchange]:
        """Return the later exchanges of the same account in the reissue."""
        same = [each for each in self.reissues if each.role == self.reissued.role]
        return [each for each in same if each.sent > self.reissued.sent]

    def pair_of(self, number: int) -> Pair | None:
        return next((pair for pair in self.outcome.pairs if pair.recorded.number == number), None)

    def recorded_value(self) -> Any:
        """Return the recorded value at the place of the difference, None if it is not in the JSON body."""
        return _at(self.recorded, self.steps)

    def received_value(self) -> Any:
        return _at(self.reissued, self.steps)

    @property
    def was_served(self) -> bool:
        return served(self.recorded)

    @property
    def is_served(self) -> bool:
        return served(self.reissued)


def _at(exchange: RecordedExchange, steps: tuple[str, ...]) -> Any:
    if exchange.response is None or steps[:1] != ("json",):
        return None
    value: Any = exchange.response.json
    for step in steps[1:]:
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value
