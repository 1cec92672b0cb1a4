"""Mocks on machines with wrong clocks that share a Valkey behave as one service."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from support.asgi import call
from support.calls import done, generate, move, run, running, until, world
from support.machines import Machine, machine
from support.mock import PREFIX
from support.remote import Remote
from support.server import Server
from support.valkey import Valkey

SKEWED = Path(__file__).parent / "support" / "skewed.py"
ADMIN = "a-secret"
PATHS = {"PYTHONPATH": os.pathsep.join([str(SKEWED.parents[1]), str(SKEWED.parents[2])])}


@pytest.fixture(scope="module")
def mocks() -> Iterator[list[Remote]]:
    """A mock of two workers on each of two machines; the clock of one is 5 seconds ahead, of the other 5 behind."""
    with ExitStack() as stack:
        try:
            machines = [stack.enter_context(machine()) for _ in range(2)]
        except (OSError, subprocess.CalledProcessError) as error:
            pytest.skip(f"no network namespaces can be made here, which takes root on Linux: {error}")
        addresses = " ".join(["127.0.0.1", *(each.here for each in machines)])
        valkey = stack.enter_context(Valkey(None, **{"bind": addresses, "protected-mode": "no"}))
        skews = ("5", "-5")
        servers = [stack.enter_context(mock(*each, valkey)) for each in zip(machines, skews, strict=True)]
        yield [Remote(server.host, server.port, ADMIN) for server in servers]


def mock(where: Machine, skew: str, valkey: Valkey) -> Server:
    paths = [f"{name}={value}" for name, value in PATHS.items()]
    command = where.command("env", *paths, sys.executable, str(SKEWED), skew)
    state = f"redis://{where.here}:{valkey.port}"
    flags = ("--host", where.address, "--admin-token", ADMIN, "--state", state, "--workers", "2")
    return Server(*flags, "--generation-time", "1", command=command)


@pytest.mark.slow
def test_machines_with_different_clocks_share_one_lock(mocks: list[Remote]) -> None:
    one, other = mocks

    async def scenario() -> None:
        await asyncio.gather(*(world(each, "locked") for each in mocks * 5))  # the first call of a worker takes longer
        for first, second in ((one, other), (other, one)):
            loop = asyncio.get_running_loop()
            since = loop.time()
            generation = asyncio.ensure_future(generate(first, "locked"))
            await running(second, "locked", 1)
            assert (await generate(second, "locked")).status == 409
            assert (await generation).status == 200
            assert 1 <= loop.time() - since < 2
            assert (await call(second, "GET", f"{PREFIX}/check-availability", "locked")).status == 200
        assert (await world(one, "locked"))["credits"] == 98

    run(scenario)


def test_simultaneous_generations_on_two_machines_run_one_at_a_time(mocks: list[Remote]) -> None:
    async def scenario() -> None:
        answers = await asyncio.gather(*(generate(each, "at-once") for each in mocks * 10))
        statuses = [answer.status for answer in answers]
        assert (statuses.count(200), statuses.count(409)) == (1, 19)

    run(scenario)


def test_a_clock_moved_on_one_machine_ends_a_wait_on_another(mocks: list[Remote]) -> None:
    one, other = mocks

    async def scenario() -> None:
        await move(one, "moved", freeze=True)
        generation = asyncio.ensure_future(generate(other, "moved", x_mock_fault="slow-generation;seconds=3600"))
        await running(one, "moved", 1)
        await move(one, "moved", advance=3599)
        assert not generation.done()
        await move(one, "moved", advance=1)
        await until(done([generation], 1), 2)
        assert (await generation).status == 200

    run(scenario)


def test_machines_show_the_same_time(mocks: list[Remote]) -> None:
    async def scenario() -> None:
        clocks = [(await world(each, "timed"))["clock"]["now"] for each in mocks * 2]
        moments = [datetime.fromisoformat(clock) for clock in clocks]
        assert moments == sorted(moments)
        assert moments[-1] - moments[0] < timedelta(seconds=1)

    run(scenario)
