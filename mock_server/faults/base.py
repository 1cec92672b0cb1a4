"""What a fault is: its parameters, and its hooks into the handling of a request."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from mock_server.contract import Contract
from mock_server.domain.generation import Beginning

from .transmission import Transmission

DAY = 86_400

Seconds = Annotated[float, Meta(ge=0, le=DAY, description=f"number of seconds, 0 to {DAY}")]
Share = Annotated[float, Meta(ge=0, lt=1, description="number, 0 to below 1")]
Parts = Annotated[int, Meta(ge=2, le=1000, description="integer, 2 to 1000")]


class FaultError(ValueError):
    """A fault is not understood, or cannot strike what it should. The message says what it takes."""

    @property
    def sentence(self) -> str:
        """The message as a sentence of its own."""
        text = str(self)
        return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"


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

    def begin(self, beginning: Beginning) -> Beginning:
        """Return the generation that begins instead."""
        return beginning

    def transmit(self, transmission: Transmission) -> Transmission:
        """Return what is sent instead of the reply."""
        return transmission


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a fault. takes: what it may be, in words; default: None where it may be left out."""

    name: str
    type: Any
    takes: str
    required: bool
    default: Any

    def read(self, value: Any, strict: bool) -> Any:
        """Return a value as its type; raise FaultError. strict: False where a number may be text."""
        try:
            return msgspec.convert(value, self.type, strict=strict)
        except msgspec.ValidationError as error:
            raise FaultError(f"{self.name} takes {self.takes}, not {reprlib.repr(value)}") from error


@cache
def parameters_of(kind: type[Fault]) -> Mapping[str, Parameter]:
    """Return the parameters of a kind of fault, by name."""
    return {
        field.name: Parameter(
            name=field.name,
            type=field.type,
            takes=_takes(field.type),
            required=field.required,
            default=None if field.required else field.default,
        )
        for field in msgspec.structs.fields(kind)
    }


def _takes(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    if get_origin(kind) is Annotated:
        return str(kind.__metadata__[0].description)
    return _takes(get_args(kind)[0])
