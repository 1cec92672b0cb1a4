"""The mock with a profile as a side of a comparison, without a socket."""

import asyncio
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

from mock_server import resources
from mock_server.app import contract, create_app, open_state, rules
from mock_server.behaviours import read_behaviour
from mock_server.configuration import Settings, read_accounts
from support.asgi import call
from support.clocks import JumpingClock
from support.fidelity import Answer
from support.sequences import Step

T = TypeVar("T")


class MockSide:
    """A mock that a profile configures; its accounts are sandboxes or not. The caller closes it."""

    def __init__(self, profile: Path, *, sandbox: bool = False) -> None:
        self._sandbox = sandbox
        self._runner = asyncio.Runner()
        settings = Settings(read_accounts(resources.ACCOUNTS, contract()), read_behaviour(profile, rules()))
        self._state = open_state(settings, JumpingClock())
        self._app = create_app(settings, state=self._state)

    def close(self) -> None:
        self._runner.run(self._state.close())
        self._runner.close()

    def call(self, step: Step, token: str) -> Answer:
        return self._run(self._acall(step, token))

    def control(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        # A target file states it, so that no profile has to.
        changes = {"sandbox": self._sandbox} if method == "PATCH" else {}
        return self._run(self._acontrol(method, path, {**body, **changes}))

    def overlapped(self, step: Step, token: str) -> list[Answer]:
        return self._run(self._overlapped(step, token))

    async def _overlapped(self, step: Step, token: str) -> list[Answer]:
        begun = [await self._begin(each, token) for each in (step, *step.meanwhile)]
        await self._acontrol("POST", f"/worlds/{token}/clock", {"advance": step.advance})
        first, *others = [await each for each in begun]
        return [*others, first]

    async def _begin(self, step: Step, token: str) -> asyncio.Future[Answer]:
        before = await self._running(token)
        task = asyncio.ensure_future(self._acall(step, token))
        while not task.done() and await self._running(token) == before:  # noqa: ASYNC110 (there is no event)
            await asyncio.sleep(0)
        return task

    async def _running(self, token: str) -> Any:
        return (await self._acontrol("GET", f"/worlds/{token}", {}))["running"]

    async def _acall(self, step: Step, token: str) -> Answer:
        sent = None if step.token is None else token if step.token else "demo-invalid"
        headers = {"content-type": step.content_type, "accept": step.accept}
        content = step.content or None
        answer = await call(self._app, step.method, step.path, sent, content, **headers)
        assert answer.status is not None
        body = b"" if answer.body is None else answer.body
        return Answer(answer.status, body, answer.headers.get("location", ""))

    async def _acontrol(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        answer = await call(self._app, method, f"/_mock{path}", None, dict(body) if method != "GET" else None)
        assert answer.status in {200, 201}, (answer, path, body)
        return answer.body

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)
