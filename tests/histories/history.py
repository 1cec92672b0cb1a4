"""Histories: many clients at once on one account, while its time is moved. Each answer is recorded.

The account may be served by several mocks that share their state: clients then call one or another, and so does the
caller that moves the time.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Literal

from starlette.types import ASGIApp

from support.asgi import Answer, call

TOKEN = "history"
API = "/api/v1/aiimage"
WORLD = f"/_mock/worlds/{TOKEN}"
START = "2026-02-26T23:59:40Z"
Kind = Literal["generate", "check", "recent", "world"]


@dataclass(frozen=True)
class Step:
    """A step of a client. patience: yields to other tasks before it; fault: of its generation."""

    kind: Kind
    patience: int
    count: int = 1
    fault: str | None = None


@dataclass(frozen=True)
class Seen:
    """A call of a client and its answer. order: the position of the answer among all answers."""

    step: Step
    answer: Answer
    order: int


@dataclass
class History:
    """A history: the first state, the answers, and the final state. begun: the number of calls."""

    credits: int
    daily_limit: int
    seen: list[Seen] = field(default_factory=list)
    journal: list[dict[str, Any]] = field(default_factory=list)
    world: dict[str, Any] = field(default_factory=dict)
    recent: list[dict[str, Any]] = field(default_factory=list)
    begun: int = 0


async def play(apps: Sequence[ASGIApp], seed: int, clients: int = 50, in_turn: bool = False) -> History:
    """Return the history of a seed. With one mock, the clients and the moves of time are the same each time.

    in_turn: no call begins while time is moved. Across a network a call may arrive during a move: it is
    then answered later than the event that it reports, and the checker knows only when it was answered.
    """
    chance = random.Random(seed)
    history = History(chance.choice([0, 3, 20, 200]), chance.choice([2, 30, 500]))
    state = {
        "credits": history.credits,
        "daily_limit": history.daily_limit,
        "generation_time": chance.choice([0, 0.5, 2, 9.999, 10, 12]),
    }
    await call(apps[0], "PUT", WORLD, body=state)
    await call(apps[0], "POST", f"{WORLD}/clock", body={"freeze": True, "set": START})
    steps = [_step(chance) for _ in range(clients)]
    gate = asyncio.Event()
    tasks = [
        asyncio.create_task(_client(app, step, history, gate)) for app, step in zip(cycle(apps), steps, strict=False)
    ]
    gate.set()
    await _move_time(apps, tasks, history, chance, gate if in_turn else None)
    await asyncio.gather(*tasks)
    await _look(apps[-1], history)
    return history


def _step(chance: random.Random) -> Step:
    kinds: list[Kind] = ["generate", "check", "recent", "world"]
    kind = chance.choices(kinds, [6, 3, 2, 1])[0]
    fault = chance.choices([None, "upstream-failure", "stuck-lock", "slow-generation;seconds=12"], [12, 1, 1, 1])[0]
    return Step(kind, chance.randrange(400), chance.randint(1, 4), fault if kind == "generate" else None)


async def _client(app: ASGIApp, step: Step, history: History, gate: asyncio.Event) -> None:
    for _ in range(step.patience):
        await asyncio.sleep(0)
    await gate.wait()
    history.begun += 1
    answer = await _do(app, step)
    history.seen.append(Seen(step, answer, len(history.seen)))


async def _do(app: ASGIApp, step: Step) -> Answer:
    if step.kind == "check":
        return await call(app, "GET", f"{API}/check-availability", TOKEN)
    if step.kind == "recent":
        return await call(app, "GET", f"{API}/recent-images", TOKEN)
    if step.kind == "world":
        return await call(app, "GET", WORLD)
    body = {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": step.count}
    headers = {"x_mock_fault": step.fault} if step.fault else {}
    return await call(app, "POST", f"{API}/generate-image", TOKEN, body, **headers)


async def _move_time(
    apps: Sequence[ASGIApp],
    tasks: list[asyncio.Task[None]],
    history: History,
    chance: random.Random,
    gate: asyncio.Event | None,
) -> None:
    """Advance the clock in small and large jumps, to edges and beyond, until every call is answered.

    gate: closed during each move.
    """
    movers = cycle(apps)
    while not all(task.done() for task in tasks):
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        edge = chance.choice(["lock-expiry", "generation-end"])
        jumps: list[dict[str, Any]] = [{"advance": chance.choice([0.001, 0.4, 2, 9.999, 10, 40])}]
        jumps += [{"advance_to": edge, "offset_ms": chance.choice([-1, 0, 1])}]
        mover, jump = next(movers), chance.choice(jumps)
        if gate:
            gate.clear()
            await _all_wait(mover, history)
        await call(mover, "POST", f"{WORLD}/clock", body=jump)
        if gate:
            gate.set()


async def _all_wait(app: ASGIApp, history: History) -> None:
    """Wait until every call is answered or waits for its generation."""
    while history.begun - len(history.seen) > (await call(app, "GET", WORLD)).body["running"]:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def _look(app: ASGIApp, history: History) -> None:
    listed = await call(app, "GET", f"/_mock/requests?token={TOKEN}&order=oldest&limit=1000")
    history.journal = listed.body["requests"]
    history.world = (await call(app, "GET", WORLD)).body
    history.recent = (await call(app, "GET", f"{API}/recent-images", TOKEN)).body
