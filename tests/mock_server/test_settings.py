"""Settings."""

import pytest

from mock_server.settings import is_loopback
from support.mock import settings


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)
    assert settings(host=host).control_open


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.com", ""])
def test_beyond_loopback(host: str) -> None:
    assert not is_loopback(host)
    assert not settings(host=host).control_open
    assert settings(host=host, admin_token="t").control_open
    assert not settings(host=host, admin_token="t", control=False).control_open
