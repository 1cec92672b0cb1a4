"""Faults that a request header names."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.faults import FAULTS, Fault, FaultError, forced_status, parse_header
from mock_server.faults.generation import UpstreamFailure
from mock_server.faults.reply import TruncatedBody, WrongContentType
from mock_server.faults.request import Delay, Drop, Reset, Status

PIECES = [*' ,;="\tabé\x00\n', *FAULTS, "code", "409", "seconds", "1e3", "nan", "null"]
HEADER = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.text()


@pytest.mark.parametrize(
    ("value", "faults"),
    [
        ("drop", [Drop()]),
        (" drop ;", [Drop()]),
        ("status;code=409", [Status(code=409)]),
        ("delay ; low = 1 ; high=2.5", [Delay(low=1, high=2.5)]),
        ("truncated-body;bytes=3", [TruncatedBody(bytes=3)]),
        ("drop,reset", [Drop(), Reset()]),
        ("delay;seconds=1,\t, drop,", [Delay(seconds=1), Drop()]),
        ('wrong-content-type;media_type="text/a; b=c"', [WrongContentType(media_type="text/a; b=c")]),
        ('upstream-failure;message="no, not today", drop', [UpstreamFailure(message="no, not today"), Drop()]),
        ('delay;seconds="1"', [Delay(seconds=1)]),
        ("upstream-failure;message=a = b", [UpstreamFailure(message="a = b")]),
        ("", []),
        (" , ,", []),
    ],
)
def test_a_header_names_faults_with_their_parameters(value: str, faults: list[Fault]) -> None:
    assert parse_header(value) == faults


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("dorp", "unknown fault 'dorp'; did you mean drop?"),
        (" , ;", "unknown fault ''"),
        ("status;code", "X-Mock-Fault: 'code' is not parameter=value; it takes NAME"),
        ("status;code=409;code=419", "X-Mock-Fault: 'code=419' is a duplicate; it takes NAME"),
        ("status;code=", "status: code takes a status"),
        ("status;code=4O9", "status: code takes a status"),
        ('delay;seconds=1"2"', "is not parameter=value"),
        ("status;cöde=1", "X-Mock-Fault takes printable ASCII characters"),
        ("drop\x00", "X-Mock-Fault takes printable ASCII characters"),
        ("drop\r\nx: y", "X-Mock-Fault takes printable ASCII characters"),
        ('delay;seconds="1', "X-Mock-Fault has an unclosed quote"),
        ("drop," * 11, "X-Mock-Fault takes at most 10 faults, not 11"),
        ("d" * 1001, "X-Mock-Fault takes at most 1000 characters, not 1001"),
    ],
)
def test_an_invalid_header_is_refused_with_a_message(value: str, message: str) -> None:
    with pytest.raises(FaultError) as raised:
        parse_header(value)
    assert message in str(raised.value)


def test_ten_faults_and_a_thousand_characters_are_accepted() -> None:
    assert len(parse_header(",".join(["drop"] * 10).ljust(1000))) == 10


@given(HEADER)
def test_any_header_gives_faults_or_an_error(value: str) -> None:
    with suppress(FaultError):
        assert all(fault.name in value for fault in parse_header(value))


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("code=409", 409),
        ('code="409"', 409),
        ("Code = 419", 419),
        ("respond-async, code=409", 409),
        ("code=409; wait=1, return=minimal", 409),
        ("code=409, code=200", 409),
        ("", None),
        ("return=minimal", None),
        ("respond-async, wait=10", None),
        ("mycode=409", None),
        ("codes=409", None),
        ("wait; code=409", None),
        ('note="a, code=409"', None),
        (' ,; ,"', None),
    ],
)
def test_a_preferred_code_is_found_among_other_preferences(prefer: str, status: int | None) -> None:
    assert forced_status(prefer) == status


@pytest.mark.parametrize(
    "code", ["code", "code=", "code=abc", "code=99", "code=600", "code=4090", "code=٤٠٩", "code=-1"]
)
def test_a_code_that_is_not_a_status_is_refused(code: str) -> None:
    with pytest.raises(FaultError, match=r"^Prefer: code takes an HTTP status, as in code=409, not"):
        forced_status(code)


@given(HEADER)
def test_any_preference_gives_a_status_or_none_or_an_error(prefer: str) -> None:
    with suppress(FaultError):
        assert forced_status(prefer) in {None, *range(100, 600)}
