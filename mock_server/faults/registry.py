"""All faults by name, and how one is made."""

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

from .base import Fault, Target
from .delay import Delay
from .drop import Drop
from .errors import FaultError
from .lost_response import LostResponse
from .malformed_json import MalformedJson
from .parameters import parameters_of
from .picture_missing import PictureMissing
from .picture_slow import PictureSlow
from .picture_truncated import PictureTruncated
from .proxy_error import ProxyError
from .reset import Reset
from .slow_body import SlowBody
from .slow_generation import SlowGeneration
from .status import Status
from .stuck_lock import StuckLock
from .truncated_body import TruncatedBody
from .upstream_failure import UpstreamFailure
from .wrong_content_type import WrongContentType

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
    UpstreamFailure,
    StuckLock,
    SlowGeneration,
    LostResponse,
    PictureMissing,
    PictureTruncated,
    PictureSlow,
)
FAULTS: Mapping[str, type[Fault]] = {kind.name: kind for kind in _ALL}
_LONGEST = 100


def make_fault(name: str, parameters: Mapping[str, Any], strict: bool = True) -> Fault:
    """Return the fault of that name; raise FaultError. strict: False where a number may be text, as in a header."""
    kind = FAULTS.get(name)
    if kind is None:
        raise FaultError(f"there is no fault {reprlib.repr(name)}{_suggestion(name, FAULTS)}")
    try:
        return kind(**_values(kind, parameters, strict))
    except ValueError as error:
        raise FaultError(f"{name}: {error}") from error


def check(fault: Fault, target: Target) -> None:
    """Raise FaultError where the fault cannot strike the target: not its operation, or a status not documented."""
    if fault.operations and target.operation not in fault.operations:
        raise FaultError(f"{fault.name} strikes {', '.join(fault.operations)} only, not {target.operation}")
    fault.answer(target)


def _values(kind: type[Fault], parameters: Mapping[str, Any], strict: bool) -> dict[str, Any]:
    known = parameters_of(kind)
    for name in parameters:
        if name not in known:
            raise FaultError(f"there is no parameter {reprlib.repr(name)}{_suggestion(name, known)}")
    for parameter in known.values():
        if parameter.required and parameter.name not in parameters:
            raise FaultError(f"{parameter.name} is missing; it takes {parameter.takes}")
    return {name: known[name].read(value, strict) for name, value in parameters.items()}


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name[:_LONGEST], known, 1)
    return f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known) or 'none'}"
