"""Parameters of faults: what several of them take, and how each says what it takes."""

import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from .base import Fault
from .errors import FaultError

DAY = 86_400

Seconds = Annotated[float, Meta(ge=0, le=DAY, description=f"number of seconds, 0 to {DAY}")]
Share = Annotated[float, Meta(ge=0, lt=1, description="number, 0 to below 1")]
Parts = Annotated[int, Meta(ge=2, le=1000, description="integer, 2 to 1000")]


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
