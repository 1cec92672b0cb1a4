"""One world without a service, to which tests apply the rules."""

from typing import Any

from msgspec.structs import replace

from mock_server import resources
from mock_server.behaviours import read_behaviour
from mock_server.contract import compile_rules, read_yaml
from mock_server.domain.clock import DAY, SECOND, Instant, seconds
from mock_server.domain.generation import GenerationRequest, begin, cancel
from mock_server.domain.refusals import Refusal
from mock_server.domain.settling import advance_to
from mock_server.domain.world import Generation, Order, World
from support.clocks import START

# Scenarios are written for a lock of 10 s, whatever the documented number is.
BEHAVIOUR = replace(read_behaviour(None, compile_rules(read_yaml(resources.RULES))), lock_seconds=10)
MIDNIGHT = (START // DAY + 1) * DAY
LOCK = 10 * SECOND


def order(count: int = 1, **others: Any) -> Order:
    return Order(
        **{"engine": "dall-e", "prompt": "a fox", "count": count, "width": 64, "height": 64, "mode": "hd", **others}
    )


def fresh_world(**others: Any) -> World:
    """Return a world with 10 credits and a daily limit of 20."""
    given = {"name": "0123456789abcdef", "first_id": 1001, "credits": 10, "daily_limit": 20, "day": START // DAY}
    return World(**{**given, **others})


class Sandbox:
    """A fresh world that advances as time passes."""

    def __init__(self) -> None:
        self.world = fresh_world()
        self.behaviour = BEHAVIOUR
        self.now = START
        self._begun = 0

    def set(self, **values: Any) -> None:
        """Change the world."""
        self.world = replace(self.world, **values)

    def behave(self, **values: Any) -> None:
        """Change the behaviour."""
        self.behaviour = replace(self.behaviour, **values)

    def at(self, instant: Instant) -> World:
        """Advance to `instant`, and return the world."""
        self.now = instant
        self.world = advance_to(self.world, instant, self.behaviour)
        return self.world

    def after(self, number: float) -> World:
        """Advance by `number` seconds, and return the world."""
        return self.at(self.now + seconds(number))

    def ask(self, count: int = 1, seconds: float = 2, queues: bool = False, **others: Any) -> Generation | Refusal:
        """Try to begin a generation. others: fields of GenerationRequest."""
        self._begun += 1
        start = GenerationRequest(f"generation {self._begun}", order(count, queues=queues), seconds, **others)
        self.world, outcome = begin(self.world, start, self.now, self.behaviour)
        return outcome

    def begin(self, count: int = 1, seconds: float = 2, **others: Any) -> Generation:
        """Begin a generation that is not refused."""
        outcome = self.ask(count, seconds, **others)
        assert isinstance(outcome, Generation), outcome
        return outcome

    def refused(self, count: int = 1) -> Refusal:
        """Return the refusal of a generation."""
        outcome = self.ask(count)
        assert isinstance(outcome, Refusal), outcome
        return outcome

    def cancel(self, generation: Generation) -> None:
        self.world = cancel(self.world, generation)
