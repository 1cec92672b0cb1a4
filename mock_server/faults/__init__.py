"""Faults: one small file each, registered by name."""

from .base import Fault, FaultError, Target
from .headers import forced_status, parse_header
from .registry import FAULTS, check, make_fault

__all__ = ["FAULTS", "Fault", "FaultError", "Target", "check", "forced_status", "make_fault", "parse_header"]
