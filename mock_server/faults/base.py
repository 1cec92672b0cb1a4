"""The base class of faults: parameters, and hooks into the handling of a request."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from mock_server.contract import Contract
from mock_server.domain.generation import GenerationRequest

from .transmission import Transmission

DAY = 86_400

Seconds = Annotated[float, Meta(ge=0, le=DAY, description=f"a number of seconds, 0 to {DAY}")]
Share = Annotated[float, Meta(ge=0, lt=1, description="a number, 0 to below 1")]
Parts = Annotated[int, Meta(ge=2, le=1000, description="an integer, 2 to 1000")]


class FaultError(ValueError):
    """A fault is unknown, has an invalid parameter, or does not apply to the operation. The message says which."""

    @property
    def sentence(self) -> str:
        """The message as a sentence of its own."""
        # It begins with a name as often as not, which a capital letter would make another one.
        return f"Invalid fault: {with_period(str(self))}"


def with_period(text: str) -> str:
    """Return a sentence with its period, unless it is a question."""
    return text if text.endswith("?") else f"{text}."


@dataclass(frozen=True, slots=True)
class Target:
    """The request that a fault applies to. operation: operationId, or "getPicture"."""

    contract: Contract
    operation: str


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way in which the service may fail. The fields of a subclass are its parameters.

    By default a hook changes nothing; a fault overrides those that it needs. `random` is seeded.
    """

    name: ClassVar[str]
    operations: ClassVar[tuple[str, ...]] = ()
    """The operations that it can apply to. Empty: all of the API, and pictures if a plan or a header names them."""
    unreadable: ClassVar[bool] = False
    """Whether the reply arrives complete, but the client cannot read its body."""

    def delay_seconds(self, random: Random) -> float:
        """Return the seconds, on the world's clock, that the request waits before it is handled."""
        del random
        return 0

    def early_reply(self, target: Target) -> Transmission | None:
        """Return the reply that is sent without handling the request, or None to handle it."""
        del target
        return None

    def change_generation(self, request: GenerationRequest) -> GenerationRequest:
        """Return the generation that is started in place of the requested one."""
        return request

    def change_reply(self, reply: Transmission) -> Transmission:
        """Return the reply that is sent in place of this one."""
        return reply


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a fault. takes: its valid values, in words; default: None if required or if unset by default."""

    name: str
    type: Any
    takes: str
    required: bool
    default: Any

    def read(self, value: Any, strict: bool) -> Any:
        """Return the value, converted to the type; raise FaultError. strict: False if a number may be given as text."""
        try:
            return msgspec.convert(value, self.type, strict=strict)
        except msgspec.ValidationError as error:
            raise FaultError(f"{self.name} takes {self.takes}, not {reprlib.repr(value)}") from error


@cache
def parameters_of(kind: type[msgspec.Struct]) -> Mapping[str, Parameter]:
    """Return the parameters of a kind of fault, by name, or the keys of another struct."""
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
