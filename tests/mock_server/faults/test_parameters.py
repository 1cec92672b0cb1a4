"""What parameters say of themselves."""

import pytest

from mock_server.faults import FAULTS
from mock_server.faults.base import Parameter, parameters_of
from mock_server.faults.reply import LostResponse, SlowBody
from mock_server.faults.request import Delay

BINDING = {"fault", "operation", "times", "after", "probability"}


def every() -> list[Parameter]:
    return [parameter for kind in FAULTS.values() for parameter in parameters_of(kind).values()]


def test_a_parameter_says_what_it_takes_and_what_it_is_otherwise() -> None:
    found = parameters_of(SlowBody)["parts"]
    assert (found.takes, found.required, found.default) == ("integer, 2 to 1000", False, 10)


def test_a_choice_lists_its_values() -> None:
    found = parameters_of(LostResponse)["at"]
    assert found.takes == "one of before-lock, locked, charged, recorded, headers-sent, half-body"
    assert found.required


def test_a_parameter_that_may_be_left_out_says_what_it_takes_otherwise() -> None:
    found = parameters_of(Delay)["low"]
    assert (found.takes, found.required, found.default) == ("number of seconds, 0 to 86400", False, None)


def test_no_parameter_has_the_name_of_a_word_that_binds_a_fault() -> None:
    assert not BINDING & {parameter.name for parameter in every()}


@pytest.mark.parametrize("parameter", [each for each in every() if not each.required], ids=lambda each: each.name)
def test_every_parameter_takes_its_own_default(parameter: Parameter) -> None:
    assert parameter.read(parameter.default, strict=True) == parameter.default
