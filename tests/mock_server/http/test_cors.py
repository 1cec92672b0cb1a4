"""Calls of pages of other origins: the preflight, and replies that a page may read."""

import pytest

from mock_server.faults.transmission import whole
from mock_server.http.context import parse_headers
from mock_server.http.cors import preflight, readable

ORIGIN = (b"origin", b"https://page.example")
METHOD = (b"access-control-request-method", b"PUT")


def test_a_preflight_is_allowed_what_it_asks_for_and_no_credentials() -> None:
    wanted = (b"access-control-request-headers", b"authorization, x-own")
    answer = preflight(parse_headers([ORIGIN, METHOD, wanted]))
    assert answer
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "PUT",
        "access-control-allow-headers": "authorization, x-own",
        "access-control-max-age": "0",
    }


@pytest.mark.parametrize("headers", [[], [ORIGIN], [METHOD]])
def test_another_options_request_gets_no_preflight(headers: list[tuple[bytes, bytes]]) -> None:
    assert preflight(parse_headers(headers)) is None


def test_a_reply_can_be_read_by_a_page_and_is_unchanged_for_other_clients() -> None:
    reply = whole(200, b"{}", "application/json")
    assert readable(reply, parse_headers([])) is reply
    assert readable(reply, parse_headers([ORIGIN])).headers["access-control-allow-origin"] == "*"
