"""Fault plans from JSON."""

import pytest

from mock_server import resources
from mock_server.app import contract
from mock_server.contract import compile_contract, read_yaml
from mock_server.faults import FaultError
from mock_server.faults.plans import make_plans
from support.extension import extended


def test_a_status_without_an_operation_applies_to_those_that_document_it() -> None:
    (plan,) = make_plans([{"fault": "status", "code": 409}], contract())
    assert set(plan.operations) == {"checkAvailability", "generateImage"}


def test_a_status_that_no_operation_documents_is_refused() -> None:
    with pytest.raises(FaultError, match=r"^fault 0: .* has no documented status 502; it has 200"):
        make_plans([{"fault": "status", "code": 502}], contract())


def test_a_path_parameter_does_not_name_an_operation() -> None:
    added = compile_contract(extended(read_yaml(resources.DOCUMENT)))
    (plan,) = make_plans([{"fault": "reset", "operation": "deleteImage"}], added)
    assert plan.operations == ("deleteImage",)
    with pytest.raises(FaultError, match=r"unknown operation '\{id\}'"):
        make_plans([{"fault": "reset", "operation": "{id}"}], added)
