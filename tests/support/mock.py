"""The mock in this process: calls without a socket, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx
from msgspec.structs import replace

from mock_server import resources
from mock_server.app import contract, create_app, open_state, rules
from mock_server.behaviours import read_behaviour
from mock_server.configuration import Settings, read_accounts
from mock_server.contract import Contract
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.clock import Clock
from mock_server.http.handlers import HANDLERS, Handler
from support.clocks import JumpingClock

T = TypeVar("T")

PREFIX = "/api/v1/aiimage"
DALL_E: Mapping[str, Any] = {
    "image_generator": "dall-e",
    "description": "A futuristic cloud data center floating in space",
    "size": "256x256",
    "quality": "hd",
    "image_number_of_images": 1,
}
LAMP = resources.ACCOUNTS.parent / "images" / "lamp.jpg"
VARIATION = {
    "image_generator": "stablediffusion",
    "type": "image-to-image",
    "stable_description": "The same lamp at night",
    "image_resolution": "320x320",
    "image_number_of_images": "1",
}


def behaviour(**overrides: Any) -> Behaviour:
    return replace(read_behaviour(None, rules()), **overrides)


def settings(closed: bool = False, behaves: Behaviour | None = None, **others: Any) -> Settings:
    return Settings(read_accounts(resources.ACCOUNTS, contract(), closed), behaves or behaviour(), **others)


class Mock:
    """A mock with one event loop for all its calls. The caller closes it."""

    def __init__(
        self,
        started_with: Settings | None = None,
        clock: Clock | None = None,
        contract: Contract | None = None,
        handlers: Mapping[str, Handler] = HANDLERS,
    ) -> None:
        self.clock = clock or JumpingClock()
        self._runner = asyncio.Runner()
        started_with = started_with or settings()
        self._state = open_state(started_with, self.clock)
        app = create_app(started_with, self.clock, contract, handlers, state=self._state)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://127.0.0.1", timeout=None
        )

    def close(self) -> None:
        self._runner.run(self.http.aclose())
        self._runner.run(self._state.close())
        self._runner.close()

    def run(self, scenario: Callable[[], Awaitable[T]]) -> T:
        """Run a scenario of concurrent calls."""

        async def running() -> T:
            return await scenario()

        return self._runner.run(running())

    async def acall(self, method: str, path: str, token: str | None = "demo", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        return await self.http.request(method, path, headers={**headers, **kwargs.pop("headers", {})}, **kwargs)

    def call(self, method: str, path: str, token: str | None = "demo", **kwargs: Any) -> httpx.Response:
        return self._runner.run(self.acall(method, path, token, **kwargs))

    def generate(self, token: str = "demo", **fields: Any) -> httpx.Response:
        return self.call("POST", f"{PREFIX}/generate-image", token, json={**DALL_E, **fields})

    def upload(self, token: str) -> httpx.Response:
        file = {"image_src": (LAMP.name, LAMP.read_bytes())}
        return self.call("POST", f"{PREFIX}/generate-image", token, data=VARIATION, files=file)

    def world(self, token: str = "demo") -> dict[str, Any]:
        world: dict[str, Any] = self.call("GET", f"/_mock/worlds/{token}", None).json()
        return world


Start = Callable[..., Mock]
