"""Connections that are reset."""

from mock_server.app import contract
from mock_server.faults import Target
from mock_server.faults.request import Reset
from mock_server.faults.transmission import nothing


def test_the_connection_is_reset_without_a_reply() -> None:
    assert Reset().answer(Target(contract(), "getVersions")) == nothing("reset")
