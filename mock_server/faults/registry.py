"""All faults by name; making one from its parameters."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

from .base import Fault, FaultError, Target, parameters_of
from .generation import SlowGeneration, StuckLock, UpstreamFailure
from .pictures import PictureMissing, PictureSlow, PictureTruncated
from .reply import LostResponse, MalformedJson, SlowBody, TruncatedBody, WrongContentType
from .request import Delay, Drop, HttpError, ProxyError, Reset, Status

_ALL: tuple[type[Fault], ...] = (
    Status,
    Delay,
    Drop,
    Reset,
    TruncatedBody,
    MalformedJson,
    WrongContentType,
    SlowBody,
    ProxyError,
    HttpError,
    UpstreamFailure,
    StuckLock,
    SlowGeneration,
    LostResponse,
    PictureMissing,
    PictureTruncated,
    PictureSlow,
)
FAULTS: Mapping[str, type[Fault]] = {kind.name: kind for kind in _ALL}
_MAX_NAME = 100


def make_fault(name: str, parameters: Mapping[str, Any], strict: bool = True) -> Fault:
    """Return the fault of that name; raise FaultError. strict: False if a number may be text, as in a header."""
    kind = FAULTS.get(name)
    if kind is None:
        raise FaultError(f"unknown fault {reprlib.repr(name)}{suggestion(name, FAULTS)}")
    try:
        return kind(**_values(kind, parameters, strict))
    except ValueError as error:
        raise FaultError(f"{name}: {error}") from error


def check_target(fault: Fault, target: Target) -> None:
    """Raise FaultError if the fault does not apply to the operation, or its status is not documented there."""
    if fault.operations and target.operation not in fault.operations:
        raise FaultError(f"{fault.name} applies to {', '.join(fault.operations)} only, not to {target.operation}")
    fault.early_reply(target)  # status raises if the document does not list its code


def _values(kind: type[Fault], parameters: Mapping[str, Any], strict: bool) -> dict[str, Any]:
    known = parameters_of(kind)
    for name in parameters:
        if name not in known:
            raise FaultError(f"unknown parameter {reprlib.repr(name)}{suggestion(name, known)}")
    for parameter in known.values():
        if parameter.required and parameter.name not in parameters:
            raise FaultError(f"{parameter.name} is missing; it takes {parameter.takes}")
    return {name: known[name].read(value, strict) for name, value in parameters.items()}


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the known one that is meant, or all known ones."""
    # Cut, because the time that difflib takes is quadratic.
    close = difflib.get_close_matches(name[:_MAX_NAME], known, 1)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(known) or 'none'}"
