"""The parameters of faults."""

import pytest

from mock_server.faults import FAULTS
from mock_server.faults.base import Parameter, parameters_of
from mock_server.faults.reply import LostResponse, SlowBody
from mock_server.faults.request import Delay

BINDING = {"fault", "operation", "times", "after", "probability"}


def all_parameters() -> list[Parameter]:
    return [parameter for kind in FAULTS.values() for parameter in parameters_of(kind).values()]


def test_a_parameter_has_its_valid_values_and_default() -> None:
    found = parameters_of(SlowBody)["parts"]
    assert (found.takes, found.required, found.default) == ("an integer, 2 to 1000", False, 10)


def test_a_choice_lists_its_values() -> None:
    found = parameters_of(LostResponse)["at"]
    assert found.takes == "one of before-lock, locked, charged, recorded, headers-sent, half-body"
    assert found.required


def test_an_optional_parameter_has_its_valid_values() -> None:
    found = parameters_of(Delay)["low"]
    assert (found.takes, found.required, found.default) == ("a number of seconds, 0 to 86400", False, None)


def test_no_parameter_is_named_like_a_key_that_selects_requests() -> None:
    assert not BINDING & {parameter.name for parameter in all_parameters()}


@pytest.mark.parametrize(
    "parameter", [each for each in all_parameters() if not each.required], ids=lambda each: each.name
)
def test_every_parameter_takes_its_own_default(parameter: Parameter) -> None:
    assert parameter.read(parameter.default, strict=True) == parameter.default
