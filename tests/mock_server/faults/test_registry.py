"""Faults by name and parameters, and the operations that they apply to."""

import math
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import faults
from mock_server.app import contract
from mock_server.domain.entry import PICTURE
from mock_server.faults import FAULTS, Fault, FaultError, Target, check_target, make_fault
from mock_server.faults.base import parameters_of
from mock_server.faults.generation import StuckLock, UpstreamFailure
from mock_server.faults.reply import TruncatedBody
from mock_server.faults.request import Delay, Drop, Status

OPERATIONS = [*(each.id for each in contract().operations), PICTURE]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)
PARAMETERS = sorted({name for kind in FAULTS.values() for name in parameters_of(kind)})


def test_every_fault_is_registered() -> None:
    modules = [import_module(f"mock_server.faults.{each.name}") for each in iter_modules(faults.__path__)]
    kinds = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    kinds = {kind for kind in kinds if issubclass(kind, Fault) and kind is not Fault}
    assert set(FAULTS.values()) == kinds


@pytest.mark.parametrize("kind", FAULTS.values())
def test_a_fault_applies_to_existing_operations(kind: type[Fault]) -> None:
    assert set(kind.operations) <= set(OPERATIONS)


@pytest.mark.parametrize(
    ("name", "parameters", "fault"),
    [
        ("drop", {}, Drop()),
        ("status", {"code": 409}, Status(code=409)),
        ("delay", {"low": 1, "high": 2.5}, Delay(low=1, high=2.5)),
        ("truncated-body", {"bytes": None, "share": 0}, TruncatedBody(share=0)),
        ("stuck-lock", {"until": "forever"}, StuckLock(until="forever")),
        ("upstream-failure", {"message": "Größe, 大"}, UpstreamFailure(message="Größe, 大")),
    ],
)
def test_a_fault_is_made_from_its_parameters(name: str, parameters: dict[str, Any], fault: Fault) -> None:
    assert make_fault(name, parameters) == fault


def test_text_is_accepted_as_a_number_only_if_not_strict() -> None:
    assert make_fault("status", {"code": "409"}, strict=False) == Status(code=409)
    with pytest.raises(FaultError, match=r"^status: code takes a status .*, not '409'$"):
        make_fault("status", {"code": "409"})


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("dropp", {}, "unknown fault 'dropp'; did you mean drop?"),
        ("", {}, f"unknown fault ''; known: {', '.join(FAULTS)}"),
        ("delay", {"second": 1}, "delay: unknown parameter 'second'; did you mean seconds?"),
        ("drop", {"x": 1}, "drop: unknown parameter 'x'; known: none"),
        (
            "slow-body",
            {"x": 1},
            "slow-body: unknown parameter 'x'; known: seconds, parts",
        ),
        ("proxy-error", {"code": 500}, "proxy-error: code takes one of 502, 503, 504, not 500"),
        ("stuck-lock", {"until": "never"}, "stuck-lock: until takes one of expiry, forever, not 'never'"),
        ("slow-body", {"parts": 2.5}, "slow-body: parts takes an integer, 2 to 1000, not 2.5"),
        ("slow-body", {"parts": True}, "slow-body: parts takes an integer, 2 to 1000, not True"),
        ("slow-body", {"seconds": -1}, "slow-body: seconds takes a number of seconds, 0 to 86400, not -1"),
        ("slow-body", {"seconds": math.nan}, "slow-body: seconds takes a number of seconds, 0 to 86400, not nan"),
        ("slow-body", {"seconds": math.inf}, "slow-body: seconds takes a number of seconds, 0 to 86400, not inf"),
        ("truncated-body", {"share": 1}, "truncated-body: share takes a number, 0 to below 1, not 1"),
        ("delay", {"seconds": 86_401}, "delay: seconds takes a number of seconds, 0 to 86400, not 86401"),
        ("delay", {}, "delay: it takes either seconds, or low and high, or median and sigma"),
        (
            "status",
            {},
            "status: code is missing; it takes a status that the document lists for the operation",
        ),
    ],
)
def test_an_invalid_fault_is_refused_with_the_valid_values(name: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(FaultError) as raised:
        make_fault(name, parameters)
    assert str(raised.value) == message


@pytest.mark.parametrize("media_type", ["", "text/html\n", "text/html\r\nx-more: 1", " text/html", "tëxt", "x" * 201])
def test_a_content_type_must_fit_into_a_header(media_type: str) -> None:
    with pytest.raises(FaultError, match=r"^wrong-content-type: media_type takes a text, 1 to 200 ASCII characters"):
        make_fault("wrong-content-type", {"media_type": media_type})


@pytest.mark.parametrize("message", ["", "x" * 501, "half a pair \ud800"])
def test_a_message_must_fit_into_json(message: str) -> None:
    with pytest.raises(FaultError, match=r"^upstream-failure: message takes a text, 1 to 500 characters"):
        make_fault("upstream-failure", {"message": message})


def test_a_long_value_is_not_repeated_in_full() -> None:
    with pytest.raises(FaultError) as raised:
        make_fault("delay", {"seconds": "x" * 100_000})
    assert len(str(raised.value)) < 200


@given(
    st.sampled_from(sorted(FAULTS)) | st.text(),
    st.dictionaries(st.sampled_from(PARAMETERS) | st.text(max_size=3), JSON, max_size=3),
    st.booleans(),
)
def test_any_name_and_parameters_give_a_fault_or_an_error(name: str, parameters: dict[str, Any], strict: bool) -> None:
    with suppress(FaultError):
        assert make_fault(name, parameters, strict).name == name


def test_a_fault_without_operations_applies_to_all() -> None:
    for operation in OPERATIONS:
        check_target(Drop(), Target(contract(), operation))


def test_a_fault_of_a_generation_applies_to_nothing_else() -> None:
    check_target(StuckLock(), Target(contract(), "generateImage"))
    for operation in set(OPERATIONS) - {"generateImage"}:
        with pytest.raises(FaultError, match=f"^stuck-lock applies to generateImage only, not to {operation}$"):
            check_target(StuckLock(), Target(contract(), operation))


@pytest.mark.parametrize("name", ["picture-missing", "picture-truncated", "picture-slow"])
def test_a_fault_of_pictures_applies_to_nothing_else(name: str) -> None:
    check_target(make_fault(name, {}), Target(contract(), PICTURE))
    with pytest.raises(FaultError, match="applies to getPicture only, not to getVersions"):
        check_target(make_fault(name, {}), Target(contract(), "getVersions"))


def test_an_undocumented_status_is_refused() -> None:
    check_target(Status(code=429), Target(contract(), "generateImage"))
    with pytest.raises(FaultError, match="getVersions has no documented status 419"):
        check_target(Status(code=419), Target(contract(), "getVersions"))
