"""Workers: processes that share a Valkey and a port, and behave as one service."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from support.asgi import Answer, call
from support.calls import done, generate, move, run, running, until, world
from support.mock import PREFIX
from support.processes import all_ended, children, workers_of
from support.remote import Connection, Crew, Remote, crew
from support.server import Server
from support.valkey import fresh_url

WORKERS = 4


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Four workers with a lock that expires after half a second."""
    behaviour = tmp_path_factory.mktemp("workers") / "behaviour.yaml"
    behaviour.write_text("lock_seconds: 0.5\n")
    flags = ("--workers", str(WORKERS), "--state", fresh_url(), "--behaviour", str(behaviour))
    with Server(*flags, "--generation-time", "5") as served:
        yield served


@asynccontextmanager
async def workers(server: Server, connections: int = 1) -> AsyncIterator[list[list[Connection]]]:
    """Yield `connections` connections to each worker."""
    async with crew(server.host, server.port, WORKERS, connections) as found:
        yield list(found.values())


class Waiting:
    """Generations of one world that wait for its clock. asked: moves the clock; ended: when those that were answered
    end, in seconds after the first began, in the order of the answers.
    """

    def __init__(self, token: str, asked: Connection) -> None:
        self._token = token
        self._asked = asked
        self.ended: list[float] = []
        self.tasks: list[asyncio.Task[Answer]] = []

    async def begin(self, worker: Connection, seconds: float) -> None:
        """Begin another generation that ends this many seconds after the first began, and let the lock expire."""
        begun = len(self.tasks)
        self.tasks.append(asyncio.ensure_future(self._generated(worker, seconds, seconds - begun)))
        await running(self._asked, self._token, begun + 1)
        await move(self._asked, self._token, advance=1)

    async def _generated(self, worker: Connection, ends: float, seconds: float) -> Answer:
        answer = await generate(worker, self._token, x_mock_fault=f"slow-generation;seconds={seconds:g}")
        self.ended.append(ends)
        return answer


@pytest.mark.slow
def test_requests_in_all_workers_continue_when_one_worker_moves_the_clock(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server, connections=3) as (first, *others):
            await move(first[0], "moved", freeze=True)
            waiting = Waiting("moved", first[0])
            ends = [50, 20, 60, 30, 70, 90, 40, 80]
            for place, end in enumerate(ends):
                await waiting.begin([first, *others][place % WORKERS][1 + place // WORKERS], end)
            await move(others[0][0], "moved", advance=65 - len(ends))
            assert (await world(others[1][0], "moved"))["images"] == 5
            await until(done(waiting.tasks, 5), 2)
            assert sorted(waiting.ended) == [20, 30, 40, 50, 60]
            await move(others[1][0], "moved", advance_to="generation-end", offset_ms=-1)
            assert len(waiting.ended) == 5
            await move(others[2][0], "moved", advance=60)
            await until(done(waiting.tasks, 8), 2)
            assert {(await task).status for task in waiting.tasks} == {200}
            assert (await world(first[0], "moved"))["images"] == len(ends)

    run(scenario)


def test_requests_in_the_worker_that_moves_the_clock_are_answered_in_order(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server, connections=5) as ((mover, *waits), *_):
            await move(mover, "ordered", freeze=True)
            waiting = Waiting("ordered", mover)
            for connection, end in zip(waits, [40, 20, 50, 30], strict=True):
                await waiting.begin(connection, end)
            await move(mover, "ordered", advance=60)
            await until(done(waiting.tasks, 4), 2)
            assert waiting.ended == [20, 30, 40, 50]

    run(scenario)


def test_a_clock_that_runs_again_ends_waits_in_other_workers(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server, connections=2) as (one, other, *_):
            await move(one[0], "resumed", freeze=True)
            generation = asyncio.ensure_future(generate(other[1], "resumed", x_mock_fault="slow-generation;seconds=9"))
            await running(one[0], "resumed", 1)
            await move(one[0], "resumed", advance=8.9)
            assert not generation.done()
            await move(one[0], "resumed", freeze=False)
            await until(done([generation], 1), 1)
            assert (await generation).status == 200

    run(scenario)


@pytest.mark.parametrize("body", [{}, {"token": "reset"}], ids=["all worlds", "one world"])
def test_a_reset_ends_the_waits_of_every_worker(server: Server, body: dict[str, str]) -> None:
    async def scenario() -> None:
        async with workers(server, connections=3) as (first, *others):
            await move(first[0], "reset", freeze=True)
            waiting = Waiting("reset", first[0])
            for place, worker in enumerate([first, *others]):
                await waiting.begin(worker[1], 50 + place)
            assert (await call(others[0][0], "POST", "/_mock/reset", body=body)).status == 200
            await until(done(waiting.tasks, WORKERS), 2)
            assert {(await task).status for task in waiting.tasks} == {503}
            assert (await world(first[0], "reset"))["images"] == 0

    run(scenario)


def test_no_advance_is_lost_when_several_workers_move_one_clock(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server, connections=2) as crew:
            await move(crew[0][0], "added", freeze=True, set="2026-01-01T00:00:00Z")
            movers = [connection for each in crew for connection in each]
            await asyncio.gather(*(move(mover, "added", advance=1.5) for mover in movers))
            assert (await world(crew[0][0], "added"))["clock"]["now"] == "2026-01-01T00:00:12.000Z"

    run(scenario)


def test_a_worker_that_hangs_does_not_delay_a_clock(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server) as crew:
            await move(crew[0][0], "hangs", freeze=True)
            hangs = workers_of(server.process.pid)[0]
            os.kill(hangs, signal.SIGSTOP)
            try:
                answering = await asyncio.gather(*(answers(worker) for (worker,) in crew))
                mover = next(worker for (worker,), answered in zip(crew, answering, strict=True) if answered)
                await asyncio.wait_for(move(mover, "hangs", advance=60), 2)
            finally:
                os.kill(hangs, signal.SIGKILL)

    run(scenario)


async def answers(worker: Connection) -> bool:
    """Return whether a worker answers within a second. If not, the connection cannot be used again."""
    try:
        async with asyncio.timeout(1):
            return (await call(worker, "GET", "/_mock/health")).status == 200
    except TimeoutError:
        return False


def test_a_listener_receives_the_events_of_all_workers(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server) as (listener, *others):
            lines = listener[0].lines("/_mock/events?token=events")
            while await anext(lines) != ": listening":
                pass
            for place, (worker,) in enumerate(others):
                await call(worker, "PATCH", "/_mock/worlds/events", body={"credits": place})
                answer = await call(worker, "GET", f"{PREFIX}/recent-images", "events")
                assert (await event(lines))["type"] == "world"
                received = await event(lines)
                assert (received["type"], received["id"]) == ("request", answer.headers["x-mock-request-id"])
            await call(others[0][0], "POST", "/_mock/reset", body={"token": "events"})
            assert (await event(lines))["type"] == "reset"

    run(scenario)


async def event(lines: AsyncIterator[str]) -> dict[str, Any]:
    while not (line := await anext(lines)).startswith("data: "):
        pass
    found: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return found


def test_request_ids_are_unique_over_workers(server: Server) -> None:
    async def scenario() -> None:
        async with workers(server, connections=3) as crew:
            connections = [connection for each in crew for connection in each]
            calls = [call(each, "GET", f"{PREFIX}/check-availability", "unique") for each in connections]
            ids = {answer.headers["x-mock-request-id"] for answer in await asyncio.gather(*calls)}
            assert len(ids) == 3 * WORKERS
            listed = (await call(connections[0], "GET", "/_mock/requests?token=unique")).body["requests"]
            assert {each["id"] for each in listed} == ids

    run(scenario)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Server]:
    """Four workers that die at the point that the token of a request names, once each."""
    (tmp_path / "behaviour.yaml").write_text("lock_seconds: 1\n")
    flags = ("--workers", str(WORKERS), "--state", fresh_url(), "--behaviour", str(tmp_path / "behaviour.yaml"))
    command = (sys.executable, str(Path(__file__).parent / "support" / "mortal.py"), str(tmp_path))
    with Server(*flags, "--generation-time", "0.3", command=command) as served:
        yield served


POINTS = {"dies-before-begin": 0, "dies-after-begin": 1, "dies-while-it-waits": 1, "dies-before-the-journal": 1}


@pytest.mark.slow
def test_a_worker_killed_at_any_point_leaves_no_stuck_lock_and_no_double_charge(mortal: Server) -> None:
    async def scenario() -> None:
        served = Remote(mortal.host, mortal.port)
        async with crew(mortal.host, mortal.port, WORKERS) as before:
            doomed = [each for (each,) in before.values()]
            answers = await asyncio.gather(*map(generate, doomed, POINTS))
            assert [answer.status for answer in answers] == [None] * WORKERS
            await asyncio.gather(*(is_sound(served, token, made) for token, made in POINTS.items()))
            await until(replaced(mortal, before), 10)
            assert mortal.log().count("was killed by signal 9") == WORKERS

    run(scenario)


async def is_sound(served: Remote, token: str, made: int) -> None:
    """Check a world where a worker died: the number of its images that no client received."""

    async def is_available() -> bool:
        return (await call(served, "GET", f"{PREFIX}/check-availability", token)).status == 200

    await until(is_available, 10)
    there = await world(served, token)
    assert (there["images"], there["credits"], there["used_today"], there["lock"]) == (made, 100 - made, made, None)
    answer = await generate(served, token)
    assert answer.status == 200
    there = await world(served, token)
    assert (there["images"], there["credits"], there["used_today"]) == (made + 1, 99 - made, made + 1)
    recent = (await call(served, "GET", f"{PREFIX}/recent-images", token)).body
    assert answer.body["images"][0]["id"] in {image["id"] for image in recent}


def replaced(server: Server, before: Crew) -> Callable[[], Awaitable[bool]]:
    async def are_replaced() -> bool:
        async with crew(server.host, server.port, WORKERS) as now:
            return before.keys().isdisjoint(now)

    return are_replaced


ENDS = {signal.SIGTERM: 0, signal.SIGINT: 0, signal.SIGKILL: -signal.SIGKILL}


@pytest.mark.slow
@pytest.mark.parametrize("number", ENDS)
def test_no_worker_survives_its_parent(number: signal.Signals) -> None:
    async def scenario() -> None:
        with Server("--workers", "2", "--state", fresh_url()) as server:
            async with crew(server.host, server.port, 2):
                workers = children(server.process.pid)
                server.process.send_signal(number)
                assert await asyncio.to_thread(server.process.wait, 3) == ENDS[number]
                await until(all_ended(workers))

    run(scenario)
