from collections.abc import Mapping
from typing import Any

import msgspec

from .base import Fault, Target


class FaultError(ValueError):
    """stub"""


FAULTS: dict[str, type[Fault]] = {}


def make_fault(name: str, parameters: Mapping[str, Any], strict: bool = True) -> Fault:
    if name not in FAULTS:
        raise FaultError(name)
    return msgspec.convert(parameters, FAULTS[name], strict=strict)


def check(fault: Fault, target: Target) -> None: ...
def parse_header(value: str) -> list[Fault]:
    return []


def forced_status(value: str) -> int | None:
    return None
