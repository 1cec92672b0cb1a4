"""compose.yaml starts services with valid arguments of the command line and the image."""

import re
from pathlib import Path
from typing import Any

import pytest

from mock_server.cli import serve
from mock_server.contract import read_yaml
from support.image import Image

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = read_yaml(ROOT / "compose.yaml")
SERVICES = COMPOSE["services"]
ALONE, MOCKS = SERVICES["mock"], SERVICES["mocks"]
BALANCER = COMPOSE["configs"]["balancer"]["content"]
IMAGE = Image(ROOT, Path())


def flags(service: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return what the command line makes of what a service is given, by the image and by compose.yaml."""
    image = dict(IMAGE.variables(IMAGE.final["ENV"]))
    for name, value in {**image, **service["environment"]}.items():
        if name.startswith("AIIMAGE_") and value is not None:
            monkeypatch.setenv(name, value)
    return serve.make_context("serve", []).params


def published(service: dict[str, Any]) -> tuple[str, int, int]:
    """Return address, port here and port there."""
    address, here, there = service["ports"][0].split(":")
    return address, int(here), int(there)


def test_a_single_mock_needs_no_other_service(monkeypatch: pytest.MonkeyPatch) -> None:
    given = flags(ALONE, monkeypatch)
    assert "profiles" not in ALONE
    assert "depends_on" not in ALONE
    assert (given["host"], given["state"], given["workers"], given["admin_token"]) == ("0.0.0.0", "memory", 1, None)
    assert published(ALONE) == ("127.0.0.1", 8010, given["port"])


def test_every_setting_of_the_mock_is_passed_on() -> None:
    own = {"AIIMAGE_MOCK_HOST", "AIIMAGE_MOCK_PORT"}  # those of the container
    for service in (ALONE, MOCKS):
        assert service["environment"].keys() == {parameter.envvar for parameter in serve.params} - own
    assert {name for name, value in ALONE["environment"].items() if value is None} == ALONE["environment"].keys()


def test_the_profile_of_the_balancer_has_exactly_its_services() -> None:
    started, found = set(), ["balancer"]
    while found:
        started.add(name := found.pop())
        found += SERVICES[name].get("depends_on", {})
    assert {name for name, service in SERVICES.items() if "scaled" in service.get("profiles", ())} == started
    assert started == SERVICES.keys() - {"mock"}


def test_a_mock_is_healthy_when_the_health_check_of_its_image_passes() -> None:
    assert "HEALTHCHECK" in IMAGE.final
    assert not any("healthcheck" in service for service in (ALONE, MOCKS)), "none replaces it"
    waited = [service["depends_on"] for service in SERVICES.values() if "depends_on" in service]
    assert {each["condition"] for names in waited for each in names.values()} == {"service_healthy"}


def test_each_service_has_its_own_port() -> None:
    ports = [published(service)[1] for service in SERVICES.values() if "ports" in service]
    assert len(ports) == len(set(ports)) == 2


def test_the_mocks_share_the_valkey_of_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    given = flags(MOCKS, monkeypatch)
    assert given["workers"] > 1
    assert given["state"].removeprefix("redis://").split(":")[0] in MOCKS["depends_on"]
    assert MOCKS["deploy"]["replicas"] == 3


@pytest.mark.parametrize("service", [ALONE, MOCKS], ids=["alone", "scaled"])
def test_every_variable_of_a_mock_is_a_flag(service: dict[str, Any]) -> None:
    assert set(service["environment"]) <= {parameter.envvar for parameter in serve.params}


def test_the_balancer_sends_calls_to_all_mocks_and_checks_their_health(monkeypatch: pytest.MonkeyPatch) -> None:
    given = flags(MOCKS, monkeypatch)
    most, name, port = re.findall(r"server-template mock (\d+) (\w+):(\d+)", BALANCER)[0]
    assert MOCKS["deploy"]["replicas"] <= int(most)
    assert SERVICES[name] is MOCKS
    assert int(port) == given["port"]
    assert "http-check send meth GET uri /_mock/health " in BALANCER
    assert "http-check expect status 200,404\n" in BALANCER, "well with a control API, and without one"
    assert f"bind :{published(SERVICES['balancer'])[2]}\n" in BALANCER
