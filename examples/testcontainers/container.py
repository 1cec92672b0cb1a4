"""The mock in a container, by testcontainers. The image is built with: docker build -t aiimage-mock ."""

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HealthcheckWaitStrategy

from mock_server.client import Control, MockWorld

PORT = 8010
ADMIN_TOKEN = "a-secret"


def mock_container() -> DockerContainer:
    """Return a container that is ready when the health check of its image passes."""
    return (
        DockerContainer("aiimage-mock")
        .with_exposed_ports(PORT)
        .with_env("AIIMAGE_MOCK_ADMIN_TOKEN", ADMIN_TOKEN)  # without it there is no control API
        .with_env("AIIMAGE_MOCK_GENERATION_TIME", "0")
        .waiting_for(HealthcheckWaitStrategy().with_startup_timeout(60))
    )


def open_world(container: DockerContainer, token: str) -> MockWorld:
    """Return a new world of a mock in a running container."""
    origin = f"http://{container.get_container_host_ip()}:{container.get_exposed_port(PORT)}"
    world = MockWorld(Control(origin, ADMIN_TOKEN), token)
    world.begin()
    return world
