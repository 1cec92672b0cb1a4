"""The access log."""

import logging

import pytest

from support.mock import PREFIX, Mock


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "aiimage_mock.access")
    return caplog


def test_a_line_has_the_request_the_status_and_the_rule(mock: Mock, lines: pytest.LogCaptureFixture) -> None:
    mock.generate("demo-empty")
    assert lines.messages[0].endswith(f"POST {PREFIX}/generate-image 419 CREDIT-419")


def test_the_log_has_no_token_and_no_raw_control_character(mock: Mock, lines: pytest.LogCaptureFixture) -> None:
    mock.call("GET", "/a%0a%1b[31mb", "my-secret-token")
    assert "my-secret-token" not in lines.text
    assert lines.messages[0].endswith(r"GET /a\n\x1b[31mb 404 NOT-FOUND")
