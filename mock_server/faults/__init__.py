"""Faults: one small file each, registered by name."""

from .base import Fault, Target
from .registry import FaultError, check, forced_status, make_fault, parse_header

__all__ = ["Fault", "FaultError", "Target", "check", "forced_status", "make_fault", "parse_header"]
