"""Variables that Kubernetes and Docker set for a service named aiimage-mock."""

import pytest

from mock_server.environment import is_link, links
from support.server import Server

# As the documentation of Kubernetes lists them ("Environment variables" of a Service), with a named port.
OF_A_SERVICE = {
    "AIIMAGE_MOCK_SERVICE_HOST": "10.0.0.11",
    "AIIMAGE_MOCK_SERVICE_PORT": "8010",
    "AIIMAGE_MOCK_SERVICE_PORT_HTTP": "8010",
    "AIIMAGE_MOCK_PORT": "tcp://10.0.0.11:8010",
    "AIIMAGE_MOCK_PORT_8010_TCP": "tcp://10.0.0.11:8010",
    "AIIMAGE_MOCK_PORT_8010_TCP_PROTO": "tcp",
    "AIIMAGE_MOCK_PORT_8010_TCP_PORT": "8010",
    "AIIMAGE_MOCK_PORT_8010_TCP_ADDR": "10.0.0.11",
    "AIIMAGE_MOCK_PORT_53_UDP": "udp://10.0.0.11:53",
    "AIIMAGE_MOCK_PORT_5000_SCTP_ADDR": "10.0.0.11",
}


def test_all_variables_of_a_service_are_recognised() -> None:
    assert links(OF_A_SERVICE) == sorted(OF_A_SERVICE)


def test_other_variables_are_not() -> None:
    others = ["AIIMAGE_MOCK_HOST", "AIIMAGE_MOCK_PORT", "AIIMAGE_MOCK_SEED", "AIIMAGE_MOCK_STATE", "PATH", "REDIS_PORT"]
    assert links(dict.fromkeys(others, "8010")) == []
    assert links({"REDIS_PORT": "tcp://10.0.0.12:6379"}) == []


@pytest.mark.parametrize("value", ["tcp://[fd00::1]:80", "udp://10.0.0.1:53", "sctp://10.0.0.1:1"])
def test_the_address_of_a_service_is_not_a_port(value: str) -> None:
    assert is_link(value)
    assert not any(map(is_link, ("8010", "", "http://10.0.0.1", "tcp:10.0.0.1")))


def test_a_mock_starts_beside_a_service_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OF_A_SERVICE.items():
        monkeypatch.setenv(name, value)
    with Server() as server:
        log = server.stop()
    assert "ignored, from a service named aiimage-mock: AIIMAGE_MOCK_PORT, AIIMAGE_MOCK_PORT_5000_SCTP_ADDR" in log
