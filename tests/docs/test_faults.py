"""docs/faults.md is correct."""

import json
import re
from typing import get_args, get_type_hints

import pytest

from mock_server.app import contract
from mock_server.faults import FAULTS, forced_status, make_fault, parse_header
from mock_server.faults.base import Parameter, parameters_of
from mock_server.faults.reply import LostResponse
from support.pages import page

PAGE = page("faults")
BINDING = ("operation", "times", "after", "probability")


def described(parameter: Parameter) -> str:
    default = parameter.default
    shown = "" if default is None else f" = {default:g}" if isinstance(default, int | float) else f" = {default}"
    return f"`{parameter.name}`{shown} ({parameter.takes})"


def test_exactly_the_faults_are_in_the_table() -> None:
    assert list(PAGE.table("fault")) == list(FAULTS)


@pytest.mark.parametrize("name", FAULTS)
def test_every_parameter_is_in_the_table_with_its_default_and_valid_values(name: str) -> None:
    parameters = [described(each) for each in parameters_of(FAULTS[name]).values()]
    assert PAGE.table("fault")[name][0] == "<br>".join(parameters)


@pytest.mark.parametrize("name", FAULTS)
def test_the_scope_of_a_fault_is_in_the_table(name: str) -> None:
    assert PAGE.table("fault")[name][2] == (", ".join(FAULTS[name].operations) or "any")


def test_every_condition_of_a_fault_is_in_its_table() -> None:
    assert tuple(PAGE.table("word")) == BINDING


def test_every_operation_is_named_by_id_and_by_path() -> None:
    row = PAGE.table("word")["operation"][1]
    for operation in contract().operations:
        assert f"`{operation.id}`" in row
        assert f"`{operation.path.rsplit('/', 1)[1]}`" in row


def test_every_point_of_the_drill_is_in_its_table() -> None:
    assert tuple(PAGE.table("at")) == get_args(get_type_hints(LostResponse)["at"])


def test_the_faults_of_the_example_are_valid() -> None:
    (example,) = re.findall(r"/faults -d '(.*?)'", PAGE.text, re.DOTALL)
    for entry in json.loads(example):
        parameters = {name: value for name, value in entry.items() if name not in BINDING and name != "fault"}
        assert make_fault(entry["fault"], parameters).name == entry["fault"]


def test_the_headers_of_the_examples_are_valid() -> None:
    values = re.findall(r'"X-Mock-Fault: (.*?)"', PAGE.text) + re.findall(r'`([a-z-]+;\w+=".*?")`', PAGE.text)
    assert len(values) == 3
    assert [fault.name for value in values for fault in parse_header(value)] == [
        "delay",
        "malformed-json",
        "lost-response",
        "wrong-content-type",
    ]
    assert [forced_status(value) for value in re.findall(r'"Prefer: (.*?)"', PAGE.text)] == [409]
