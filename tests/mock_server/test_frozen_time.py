"""Tests that freeze Python's time around the fixture: the mock's own clock runs on."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import freezegun
import httpx
import pytest
import time_machine

from mock_server.client import Control
from mock_server.domain.clock import SECOND, RealClock, from_iso
from mock_server.embedding import EmbeddedServer, default_settings
from mock_server.testing import AiimageMock, MockServer

FUTURE = datetime(2083, 1, 1, tzinfo=UTC)
FOX = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
# freezegun reads all attributes of all modules; one of this library's asks for a container engine.
IGNORED = ["testcontainers"]
Freeze = Callable[[], AbstractContextManager[object]]
FREEZES: dict[str, Freeze] = {
    "freezegun": lambda: freezegun.freeze_time(FUTURE, ignore=IGNORED),
    "freezegun, ticking": lambda: freezegun.freeze_time(FUTURE, tick=True, ignore=IGNORED),
    "time-machine": lambda: time_machine.travel(FUTURE, tick=False),
    "time-machine, ticking": lambda: time_machine.travel(FUTURE),
}


def generate(base_url: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.post(f"{base_url}/aiimage/generate-image", headers=headers, json=FOX, timeout=60)


@pytest.mark.parametrize("name", FREEZES)
def test_a_generation_ends_and_has_the_real_date(aiimage_mock: AiimageMock, name: str) -> None:
    before = RealClock().now()
    with FREEZES[name]():
        assert datetime.now(UTC).year == 2083
        aiimage_mock.change(generation_time=0.05)
        assert generate(aiimage_mock.base_url, aiimage_mock.headers).status_code == 200
        now = aiimage_mock.clock.now
    assert 0 <= from_iso(now) - before < 600 * SECOND


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
@pytest.mark.parametrize("name", FREEZES)
def test_a_mock_that_starts_in_frozen_time_lives_in_real_time(
    name: str, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = RealClock().now()
    if loop == "asyncio":
        monkeypatch.setattr("uvicorn.Config.get_loop_factory", lambda _: asyncio.SelectorEventLoop)
    with FREEZES[name](), EmbeddedServer(default_settings()) as server:
        mock = MockServer(Control(server.origin)).mock("frozen")
        mock.begin(generation_time=0.05)
        assert generate(mock.base_url, mock.headers).status_code == 200
        now = mock.clock.now
    assert 0 <= from_iso(now) - before < 600 * SECOND


def test_a_frozen_date_can_be_given_to_the_mock(aiimage_mock: AiimageMock) -> None:
    with freezegun.freeze_time(FUTURE, ignore=IGNORED):
        aiimage_mock.clock.freeze(datetime.now(UTC))
        assert generate(aiimage_mock.base_url, aiimage_mock.headers).status_code == 200
    assert aiimage_mock.clock.now == "2083-01-01T00:00:00.000Z"
