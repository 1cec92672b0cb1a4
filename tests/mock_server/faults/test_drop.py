"""Connections that are closed."""

from mock_server.app import contract
from mock_server.faults import Target
from mock_server.faults.request import Drop
from mock_server.faults.transmission import nothing


def test_the_connection_is_closed_without_a_reply() -> None:
    assert Drop().answer(Target(contract(), "getVersions")) == nothing("closed")
