"""Fixtures: the contract and the rules."""

import pytest

from mock_server import resources
from mock_server.contract import Contract, Rules, compile_contract, compile_rules, read_yaml


@pytest.fixture(scope="session")
def contract() -> Contract:
    return compile_contract(read_yaml(resources.DOCUMENT))


@pytest.fixture(scope="session")
def rules() -> Rules:
    return compile_rules(read_yaml(resources.RULES))
