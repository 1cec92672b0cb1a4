"""One account of a mock in this process, with a clock that is advanced."""

import asyncio
from typing import Any

from starlette.types import ASGIApp

from support.asgi import Answer, call

API = "/api/v1/aiimage"
NOON = "2026-02-26T12:00:00Z"


class Account:
    """A world whose clock is frozen at noon, with the calls of a client and of a test."""

    def __init__(self, app: ASGIApp, token: str = "customer") -> None:
        self._app = app
        self.token = token
        self._path = f"/_mock/worlds/{token}"

    async def begin(self, at: str = NOON, **state: object) -> None:
        """Reset the world and freeze its clock."""
        await self.control("PUT", body=state)
        await self.control("POST", "/clock", {"freeze": True, "set": at})

    async def control(self, method: str, path: str = "", body: object = None) -> Any:
        """Return the response of the control API about this account."""
        answer = await call(self._app, method, self._path + path, body=body)
        assert answer.status == 200, answer
        return answer.body

    async def clock(self, **command: object) -> Any:
        return await self.control("POST", "/clock", command)

    async def fault(self, name: str, **details: object) -> None:
        await self.control("PUT", "/faults", [{"fault": name, **details}])

    async def generate(self, count: int = 1, prompt: str = "a fox", **headers: str) -> Answer:
        body = {"image_generator": "flux-pro", "description_flux_pro": prompt, "image_number_of_images": count}
        return await call(self._app, "POST", f"{API}/generate-image", self.token, body, **headers)

    async def start_generating(self, count: int = 1, **headers: str) -> "asyncio.Task[Answer]":
        """Return a running generation."""
        running = (await self.control("GET"))["running"]
        task = asyncio.create_task(self.generate(count, **headers))
        while not task.done() and (await self.control("GET"))["running"] == running:  # noqa: ASYNC110 (there is no event)
            await asyncio.sleep(0)
        return task

    async def get(self, name: str, **headers: str) -> Answer:
        return await call(self._app, "GET", f"{API}/{name}", self.token, **headers)

    async def picture(self, image: dict[str, Any], **headers: str) -> Answer:
        return await call(self._app, "GET", f"/{image['output']}", **headers)

    async def requests(self) -> list[dict[str, Any]]:
        """Return the journal, oldest first."""
        answer = await call(self._app, "GET", f"/_mock/requests?token={self.token}&order=oldest&limit=1000")
        requests: list[dict[str, Any]] = answer.body["requests"]
        return requests
