"""Calls that the control API's document allows, and such that it does not, made from it by a seed."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import hypothesis
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mock_server import resources
from support.mock import Mock, Start, behaviour, settings

DOCUMENT: dict[str, Any] = yaml.safe_load(resources.CONTROL.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict({key: value for key, value in DOCUMENT.items() if key != "security"})
CHECKS: list[Callable[..., Any]] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    str(each.ok().definition.raw["operationId"]): each.ok()
    for each in SCHEMA.get_all_operations()
    if isinstance(each, Ok) and each.ok().path != "/_mock/events"
}
TAKING = [name for name, each in OPERATIONS.items() if each.path_parameters or each.query or each.body]
SEED = 7
CALLS = {"restoreSnapshot": 10}

# What no schema says: the rules between fields, and between a call and the state that it comes to.
BEYOND_SCHEMAS = (
    "There is no ",
    "not found in this world",
    "it may have been evicted",
    "Invalid time: ",
    "Invalid lock.until: ",
    "it takes either seconds, or low and high",
    "low is above high",
    "has no documented status",
    "it is before 1970 or after 8999",
    "Invalid snapshot: ",
)


@cache
def generated(operation: str, mode: GenerationMode) -> list[Case[Any]]:
    """Return cases made without examples of the past, so that the same seed gives the same ones.

    Those that the document allows but for a line break at the end are left out: there Python reads $ in its own way.
    """
    cases: list[Case[Any]] = []

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=CALLS.get(operation, 20),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=OPERATIONS[operation].as_strategy(generation_mode=mode))
    def collect(case: Case[Any]) -> None:
        if mode is GenerationMode.NEGATIVE or "\n" not in unquote(str(case.path_parameters) + str(case.query)):
            cases.append(case)

    collect()
    return cases


def sent(mock: Mock, case: Case[Any]) -> Any:
    """Send a case, and hold the answer against the document."""
    case.body = whole(case.body)
    call = case.as_transport_kwargs(base_url="http://127.0.0.1")
    call.pop("cookies", None)
    if "data" in call:
        call["content"] = call.pop("data")
    answer = mock.call(call.pop("method"), call.pop("url"), None, **call)
    case.validate_response(answer, checks=CHECKS)
    return answer


def whole(value: Any) -> Any:
    """Return a value with numbers that have no fraction written without one."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    return [whole(each) for each in value] if isinstance(value, list) else value


def leaves_a_trace(case: Case[Any]) -> bool:
    """Whether what makes a case invalid goes over the wire: a body left out, or an empty list in a query, does not."""
    body_left_out = isinstance(case.body, NotSet) and bool(case.operation.body)
    return not body_left_out and all(each not in ([], {}) for each in values(case.query))


def values(query: Mapping[str, Any]) -> Iterator[Any]:
    for value in query.values():
        yield value
        if isinstance(value, dict):
            yield from values(value)
        if isinstance(value, list):
            yield from value


@pytest.fixture
def used(start: Start) -> Mock:
    """A mock that knows something."""
    mock = start(settings(behaves=behaviour(max_journal_entries=5)))
    mock.generate("demo")
    mock.generate("demo-empty")
    return mock


@pytest.mark.parametrize("operation", OPERATIONS)
def test_valid_calls_get_the_documented_responses(used: Mock, operation: str) -> None:
    done = 0
    for case in generated(operation, GenerationMode.POSITIVE):
        answer = sent(used, case)
        done += answer.status_code == 200
        assert answer.status_code == 200 or any(each in answer.text for each in BEYOND_SCHEMAS), answer.text
    assert done or operation == "getRequest"


@pytest.mark.parametrize("operation", [each for each in TAKING if each != "getRequest"])
def test_invalid_calls_are_refused_and_change_nothing(used: Mock, operation: str) -> None:
    before = used.call("GET", "/_mock/snapshot", None).json()
    cases = [case for case in generated(operation, GenerationMode.NEGATIVE) if leaves_a_trace(case)]
    for case in cases:
        assert sent(used, case).status_code in (404, 413, 422)
    assert cases
    assert used.call("GET", "/_mock/snapshot", None).json() == before


def test_every_imported_snapshot_can_be_shown(used: Mock) -> None:
    restored = 0
    for case in generated("restoreSnapshot", GenerationMode.POSITIVE):
        if sent(used, case).status_code == 200:
            restored += 1
            for operation in OPERATIONS.values():
                if operation.method == "get" and not operation.path_parameters:
                    case = operation.Case(query={"token": "demo"} if operation.query else {})
                    assert sent(used, case).status_code == 200
    assert restored
