"""Faults by name, made from parameters, and what they can strike."""

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
from mock_server.faults import FAULTS, Fault, FaultError, Target, check, make_fault
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
def test_a_fault_strikes_operations_that_there_are(kind: type[Fault]) -> None:
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


def test_text_is_a_number_only_where_that_is_allowed() -> None:
    assert make_fault("status", {"code": "409"}, strict=False) == Status(code=409)
    with pytest.raises(FaultError, match=r"^status: code takes a status .*, not '409'$"):
        make_fault("status", {"code": "409"})


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("dropp", {}, "there is no fault 'dropp'; did you mean drop?"),
        ("", {}, f"there is no fault ''; there are {', '.join(FAULTS)}"),
        ("delay", {"second": 1}, "delay: there is no parameter 'second'; did you mean seconds?"),
        ("drop", {"x": 1}, "drop: there is no parameter 'x'; there are none"),
        (
            "slow-body",
            {"x": 1},
            "slow-body: there is no parameter 'x'; there are seconds, parts",
        ),
        ("proxy-error", {"code": 500}, "proxy-error: code takes one of 502, 503, 504, not 500"),
        ("stuck-lock", {"until": "never"}, "stuck-lock: until takes one of expiry, forever, not 'never'"),
        ("slow-body", {"parts": 2.5}, "slow-body: parts takes integer, 2 to 1000, not 2.5"),
        ("slow-body", {"parts": True}, "slow-body: parts takes integer, 2 to 1000, not True"),
        ("slow-body", {"seconds": -1}, "slow-body: seconds takes number of seconds, 0 to 86400, not -1"),
        ("slow-body", {"seconds": math.nan}, "slow-body: seconds takes number of seconds, 0 to 86400, not nan"),
        ("slow-body", {"seconds": math.inf}, "slow-body: seconds takes number of seconds, 0 to 86400, not inf"),
        ("truncated-body", {"share": 1}, "truncated-body: share takes number, 0 to below 1, not 1"),
        ("delay", {"seconds": 86_401}, "delay: seconds takes number of seconds, 0 to 86400, not 86401"),
        ("delay", {}, "delay: it takes either seconds, or low and high, or median and sigma"),
        (
            "status",
            {},
            "status: code is missing; it takes a status that the document has for the operation",
        ),
    ],
)
def test_what_is_wrong_is_said_with_what_is_taken(name: str, parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(FaultError) as raised:
        make_fault(name, parameters)
    assert str(raised.value) == said


@pytest.mark.parametrize("media_type", ["", "text/html\n", "text/html\r\nx-more: 1", " text/html", "tëxt", "x" * 201])
def test_a_content_type_is_one_that_fits_into_a_header(media_type: str) -> None:
    with pytest.raises(FaultError, match=r"^wrong-content-type: media_type takes text, 1 to 200 ASCII characters"):
        make_fault("wrong-content-type", {"media_type": media_type})


@pytest.mark.parametrize("message", ["", "x" * 501, "half a pair \ud800"])
def test_a_message_is_one_that_fits_into_json(message: str) -> None:
    with pytest.raises(FaultError, match=r"^upstream-failure: message takes text, 1 to 500 characters"):
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
def test_whatever_is_asked_for_gives_a_fault_or_says_why_not(
    name: str, parameters: dict[str, Any], strict: bool
) -> None:
    with suppress(FaultError):
        assert make_fault(name, parameters, strict).name == name


def test_a_fault_that_can_strike_everything_passes_for_everything() -> None:
    for operation in OPERATIONS:
        check(Drop(), Target(contract(), operation))


def test_a_fault_of_a_generation_strikes_nothing_else() -> None:
    check(StuckLock(), Target(contract(), "generateImage"))
    for operation in set(OPERATIONS) - {"generateImage"}:
        with pytest.raises(FaultError, match=f"^stuck-lock strikes generateImage only, not {operation}$"):
            check(StuckLock(), Target(contract(), operation))


@pytest.mark.parametrize("name", ["picture-missing", "picture-truncated", "picture-slow"])
def test_a_fault_of_pictures_strikes_nothing_else(name: str) -> None:
    check(make_fault(name, {}), Target(contract(), PICTURE))
    with pytest.raises(FaultError, match="strikes getPicture only, not getVersions"):
        check(make_fault(name, {}), Target(contract(), "getVersions"))


def test_a_status_is_refused_where_it_is_not_documented() -> None:
    check(Status(code=429), Target(contract(), "generateImage"))
    with pytest.raises(FaultError, match="getVersions has no documented status 429"):
        check(Status(code=429), Target(contract(), "getVersions"))
