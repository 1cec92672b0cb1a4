"""What a fault is: parameters, and what it does at which point of a request's way."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

import msgspec

from mock_server.contract import Contract
from mock_server.domain.generation import GenerationRequest

from .transmission import Transmission


@dataclass(frozen=True, slots=True)
class Target:
    """The request that a fault strikes. operation: operationId, or "getPicture"."""

    contract: Contract
    operation: str


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way in which the service may fail. The fields of a subclass are its parameters.

    Every method leaves things as they are: a fault overrides the one that it is about. `chance` is seeded.
    """

    name: ClassVar[str]
    operations: ClassVar[tuple[str, ...]] = ()
    """What it can strike; empty for every operation of the API, and for pictures where they are named."""

    def delay(self, chance: Random) -> float:
        """Return for how many seconds, on the world's clock, the request waits before it is handled."""
        del chance
        return 0

    def answer(self, target: Target) -> Transmission | None:
        """Return what is sent instead of handling the request, or None to handle it."""
        del target
        return None

    def begin(self, beginning: GenerationRequest) -> GenerationRequest:
        """Return the generation that begins instead."""
        return beginning

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return what is sent instead of the reply."""
        return transmission


Parameters = Mapping[str, Any]
