"""One history, once in real time and once in virtual time: the same answers, byte for byte but for stamps."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from mock_server.app import create_app
from mock_server.domain.clock import RealClock
from support.account import Account
from support.asgi import Answer
from support.mock import behaviour, settings

STAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
PassTime = Callable[[str], Awaitable[None]]


async def history(account: Account, pass_time: PassTime) -> list[Answer]:
    """Play the scene; `pass_time` advances the clock to an edge."""
    seen = [await account.get("versions"), await account.generate(0), await account.get("recent-images")]
    running = await account.start_generating(2)
    seen += [await account.get("check-availability"), await account.generate(), await account.get("recent-images")]
    await pass_time("generation-end")
    seen += [await running, await account.get("check-availability"), await account.get("recent-images")]
    stuck = await account.start_generating(x_mock_fault="stuck-lock")
    await pass_time("generation-end")
    seen += [await stuck, await account.get("check-availability"), await account.generate()]
    await pass_time("lock-expiry")
    failing = await account.start_generating(x_mock_fault="upstream-failure")
    await pass_time("generation-end")
    seen += [await failing, await account.generate(8), await account.generate(5), await account.get("recent-images")]
    return seen


def played(virtual: bool) -> list[Answer]:
    async def scene() -> list[Answer]:
        # The lock, the generation and the limit are such that the history meets 409, 419, 422 and 429.
        app = create_app(settings(behaves=behaviour(lock_seconds=1.5), generation_seconds=0.7), RealClock())
        account = Account(app)
        await account.control("PUT", body={"credits": 6, "daily_limit": 9})

        async def really(edge: str) -> None:
            while (await account.control("GET"))["running" if edge == "generation-end" else "lock"]:  # noqa: ASYNC110 (there is no event)
                await asyncio.sleep(0.01)

        async def virtually(edge: str) -> None:
            await account.clock(advance_to=edge)

        if virtual:
            await account.clock(freeze=True)
        return await history(account, virtually if virtual else really)

    return asyncio.run(scene())


def test_the_answers_are_the_same() -> None:
    real, virtual = played(virtual=False), played(virtual=True)
    assert [_bare(each) for each in real] == [_bare(each) for each in virtual]
    assert {each.status for each in real} == {200, 409, 419, 422, 429}


def _bare(answer: Answer) -> tuple[int | None, dict[str, str], str]:
    """Return an answer without its timestamps and request id."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-mock-request-id"}
    return answer.status, headers, STAMP.sub("STAMP", str(answer.body))
