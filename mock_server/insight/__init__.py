"""Insight from journal entries: why a request was refused, what a client met, how it behaved. Pure functions."""

from .coverage import coverage
from .verdict import CLIENT_RULES, ClientRule, verdict
from .why import why

__all__ = ["CLIENT_RULES", "ClientRule", "coverage", "verdict", "why"]
