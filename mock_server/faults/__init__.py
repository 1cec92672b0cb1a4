"""Faults: the ways in which the mock can fail on request."""

from .base import Fault, FaultError, Target, with_period
from .headers import forced_status, parse_header
from .registry import FAULTS, check_target, make_fault

__all__ = [
    "FAULTS",
    "Fault",
    "FaultError",
    "Target",
    "check_target",
    "forced_status",
    "make_fault",
    "parse_header",
    "with_period",
]
