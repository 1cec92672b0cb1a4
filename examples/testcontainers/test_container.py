"""A client's tests with the mock in a container. Without a container engine only the configuration is checked."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from examples.httpx_client.client import Client, OutOfCreditsError
from examples.testcontainers.container import ADMIN_TOKEN, PORT, mock_container, open_world
from mock_server.client import MockWorld


def missing() -> str:
    """Return why no container of the image can be started, "" if one can."""
    if shutil.which("docker") is None:
        return "there is no docker"
    asked = subprocess.run(["docker", "image", "inspect", "aiimage-mock"], capture_output=True, text=True)
    return asked.stderr.strip() if asked.returncode else ""


@pytest.fixture(scope="session")
def container() -> Iterator[DockerContainer]:
    if reason := missing():
        pytest.skip(f"a container engine with the image is needed, docker build -t aiimage-mock . ({reason})")
    with mock_container() as started:
        yield started


@pytest.fixture
def world(container: DockerContainer, request: pytest.FixtureRequest) -> MockWorld:
    return open_world(container, request.node.name)


def test_a_picture_is_fetched_from_the_container(world: MockWorld) -> None:
    with closing(Client(world.base_url, world.token)) as client:
        (image,) = client.generate("A fox")
        assert client.picture(image).startswith(b"\x89PNG")
    world.assert_well_behaved()


def test_the_state_of_an_account_is_set_from_outside(world: MockWorld) -> None:
    world.change(credits=0)
    with closing(Client(world.base_url, world.token)) as client, pytest.raises(OutOfCreditsError):
        client.generate("A fox")
    (refused,) = world.requests(status=419)
    assert refused["why"]["rule"] == "CREDIT-419"


def test_the_container_waits_for_its_health_check_and_has_a_control_api(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_engine(*_: Any, **__: Any) -> None:
        """Stand in for the client of an engine, which a container makes but does not use before its start."""

    monkeypatch.setattr("testcontainers.core.container.DockerClient", no_engine)
    made = mock_container()
    assert made.image == "aiimage-mock"
    assert list(map(str, made.ports)) == [str(PORT)]
    assert made.env == {"AIIMAGE_MOCK_ADMIN_TOKEN": ADMIN_TOKEN, "AIIMAGE_MOCK_GENERATION_TIME": "0"}
    assert isinstance(made._wait_strategy, HealthcheckWaitStrategy)
