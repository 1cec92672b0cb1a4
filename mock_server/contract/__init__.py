"""The contract, read once at startup: the document as a table of operations, the rules as data."""

from .document import ContractError, parse_yaml, read_yaml
from .engines import without_engines
from .findings import Finding
from .operations import Contract, Operation, Response, compile_contract
from .rules import Rule, Rules, Setting, compile_rules

__all__ = [
    "Contract",
    "ContractError",
    "Finding",
    "Operation",
    "Response",
    "Rule",
    "Rules",
    "Setting",
    "compile_contract",
    "compile_rules",
    "parse_yaml",
    "read_yaml",
    "without_engines",
]
