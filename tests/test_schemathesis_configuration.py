"""The configuration for the command line of schemathesis matches the document."""

from pathlib import Path

import pytest
from schemathesis.config import SchemathesisConfig

from contract_tests.oracle.contract import load_contract

CONFIGURATION = Path(__file__).parent.parent / "openapi" / "schemathesis.toml"
REFUSALS = [
    status
    for status in load_contract().document["paths"]["/aiimage/generate-image"]["post"]["responses"]
    if status.startswith("4") and status != "401"
]


CHECKS = SchemathesisConfig.from_path(CONFIGURATION).projects.default.checks


@pytest.mark.parametrize("status", REFUSALS)
def test_a_documented_refusal_is_not_a_failure(status: str) -> None:
    assert status in {str(each) for each in CHECKS.positive_data_acceptance.expected_statuses}


def test_a_lenient_service_is_not_a_failure() -> None:
    assert not CHECKS.negative_data_rejection.enabled
