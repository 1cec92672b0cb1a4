"""Fifty concurrent clients of one account, in thousands of histories, judged by a checker."""

import asyncio
import os

import pytest

from histories.checker import complaints
from histories.history import History, play
from mock_server.app import create_app
from mock_server.domain.clock import RealClock
from support.clocks import JumpingClock
from support.examples import examples
from support.mock import settings
from support.remote import Remote
from support.server import Server
from support.valkey import apps, fresh_url

HISTORIES = int(os.environ.get("HISTORIES") or examples(200))
FIRST = int(os.environ.get("FIRST_HISTORY", "0"))
BATCH = 25
SHARED_HISTORIES = HISTORIES // 20
HTTP_HISTORIES = HISTORIES // 50


def played(seed: int) -> History:
    app = create_app(settings(generation_seconds=0), JumpingClock())
    return asyncio.run(play([app], seed))


def played_by_many(seed: int, mocks: int) -> History:
    """Return a history of `mocks` mocks that share a Valkey."""

    async def playing() -> History:
        async with apps(fresh_url(), [RealClock()] * mocks) as served:
            return await play(served, seed, in_turn=True)

    return asyncio.run(playing())


@pytest.mark.parametrize("first", range(FIRST, FIRST + HISTORIES, BATCH))
def test_a_history_has_no_complaints(first: int) -> None:
    for seed in range(first, min(first + BATCH, FIRST + HISTORIES)):
        found = complaints(played(seed))
        assert found == [], f"seed {seed}"


@pytest.mark.parametrize("mocks", [1, 2, 4])
@pytest.mark.parametrize("first", range(FIRST, FIRST + SHARED_HISTORIES, BATCH))
def test_a_history_of_mocks_that_share_a_valkey_has_no_complaints(first: int, mocks: int) -> None:
    for seed in range(first, min(first + BATCH, FIRST + SHARED_HISTORIES)):
        found = complaints(played_by_many(seed, mocks))
        assert found == [], f"seed {seed}"


@pytest.mark.slow
def test_a_history_of_workers_over_http_has_no_complaints() -> None:
    with Server("--workers", "4", "--state", fresh_url(), "--generation-time", "0") as server:
        served = Remote(server.host, server.port)
        for seed in range(FIRST, FIRST + HTTP_HISTORIES):
            found = complaints(asyncio.run(play([served], seed, in_turn=True)))
            assert found == [], f"seed {seed}"


def test_the_histories_contain_every_status() -> None:
    statuses = {seen.answer.status for seed in range(10) for seen in played(seed).seen}
    assert statuses >= {200, 409, 419, 429}


def test_a_history_is_reproducible() -> None:
    first, second = played(3), played(3)
    assert [(seen.step, seen.answer.body) for seen in first.seen] == [(s.step, s.answer.body) for s in second.seen]
