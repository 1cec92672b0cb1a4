"""`aiimage_mock.disasters`: clients with every library that has virtual time."""

import asyncio
import json
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin

import aiohttp
import httpx
import pytest
import requests

from mock_server.proving.judging import KINDS
from mock_server.proving.points import ScheduleError, show_schedule
from mock_server.testing import AiimageMock

ORDER = {"image_generator": "flux-pro", "description_flux_pro": "A fox", "image_number_of_images": 1}
Send = Callable[[AiimageMock, float], Any]


def url(mock: AiimageMock) -> str:
    return f"{mock.base_url}/aiimage/generate-image"


def with_requests(mock: AiimageMock, timeout: float) -> Any:
    return requests.post(url(mock), json=ORDER, headers=mock.headers, timeout=timeout).json()


def with_httpx(mock: AiimageMock, timeout: float) -> Any:
    return httpx.post(url(mock), json=ORDER, headers=mock.headers, timeout=timeout, verify=False).json()


def with_urllib(mock: AiimageMock, timeout: float) -> Any:
    headers = {**mock.headers, "Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(url(mock), json.dumps(ORDER).encode(), headers), timeout=timeout
    ) as reply:
        return json.load(reply)


def with_aiohttp(mock: AiimageMock, timeout: float) -> Any:
    async def send() -> Any:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(timeout)) as session,
            session.post(url(mock), json=ORDER, headers=mock.headers) as reply,
        ):
            return await reply.json()

    return asyncio.run(send())


def with_httpx_async(mock: AiimageMock, timeout: float) -> Any:
    async def send() -> Any:
        async with httpx.AsyncClient(timeout=timeout, verify=False) as client:
            return (await client.post(url(mock), json=ORDER, headers=mock.headers)).json()

    return asyncio.run(send())


def with_asgi(mock: AiimageMock, timeout: float) -> Any:
    async def send() -> Any:
        transport = httpx.ASGITransport(mock.app)
        async with httpx.AsyncClient(transport=transport) as client, asyncio.timeout(timeout):
            return (await client.post(url(mock), json=ORDER, headers=mock.headers)).json()

    return asyncio.run(send())


def in_a_thread(mock: AiimageMock, timeout: float) -> Any:
    with ThreadPoolExecutor() as threads:
        return threads.submit(with_requests, mock, timeout).result()


CLIENTS = [with_requests, with_httpx, with_urllib, with_aiohttp, with_httpx_async, with_asgi, in_a_thread]


@pytest.mark.parametrize("send", CLIENTS, ids=lambda each: each.__name__)
def test_a_timeout_happens_after_its_virtual_time_and_not_before(aiimage_mock: AiimageMock, send: Send) -> None:
    waited = []

    def scenario(mock: AiimageMock) -> str:
        began = time.monotonic()
        try:
            send(mock, 1_000)
        except Exception as error:  # noqa: BLE001 (each library has its own)
            waited.append(time.monotonic() - began)
            return type(error).__name__
        waited.append(time.monotonic() - began)
        return "replied"

    aiimage_mock.disasters(scenario, allow=KINDS, only="1.timeout", generation_time=900)
    assert waited == [pytest.approx(900, abs=0.1), pytest.approx(1_000, abs=1)]  # aiohttp rounds up


@pytest.mark.parametrize("send", CLIENTS, ids=lambda each: each.__name__)
def test_a_client_without_a_timeout_is_interrupted(aiimage_mock: AiimageMock, send: Send) -> None:
    campaign = aiimage_mock.disasters(lambda mock: send(mock, 1e9), allow=KINDS, only="1.timeout")
    assert "hang" in campaign.findings


@pytest.mark.parametrize("point", ["locked", "charged", "recorded", "headers-sent", "half-body"])
def test_a_blind_retry_pays_twice_at_every_point_after_the_lock(aiimage_mock: AiimageMock, point: str) -> None:
    campaign = aiimage_mock.disasters(_blind, allow=KINDS, only=f"1.{point}", generation_time=4)
    assert campaign.worst == 2
    assert [show_schedule(each.schedule) for each in campaign.found] == [f"1.{point}"]


def test_findings_fail_the_test_with_a_timeline_and_the_way_to_run_just_that(aiimage_mock: AiimageMock) -> None:
    with pytest.raises(AssertionError) as failure:
        aiimage_mock.disasters(_blind, generation_time=4)
    text = str(failure.value)
    assert text.startswith("double-payment: The client paid 2 credits for what costs 1 credit")
    assert "reply lost once the lock is taken" in text
    assert 'run just that: aiimage_mock.disasters(scenario, only="1.locked")' in text
    assert text.endswith("the worst one cost 2 credits")


def test_the_worst_cost_is_asserted_with_the_worst_run(aiimage_mock: AiimageMock) -> None:
    aiimage_mock.disasters(_blind, allow=["double-payment"], generation_time=4)
    aiimage_mock.assert_worst_cost(credits=2)
    with pytest.raises(AssertionError, match="the worst run costs 2 credits, more than 1"):
        aiimage_mock.assert_worst_cost(credits=1)


def test_without_disasters_the_cost_so_far_is_asserted(aiimage_mock: AiimageMock) -> None:
    with_requests(aiimage_mock, 9)
    aiimage_mock.assert_worst_cost(credits=1)
    with pytest.raises(AssertionError, match="the client has paid 1 credit, more than 0"):
        aiimage_mock.assert_worst_cost(credits=0)


def test_a_scenario_that_fails_by_itself_is_not_tried(aiimage_mock: AiimageMock) -> None:
    with pytest.raises(AssertionError, match="the scenario fails without a disaster: ZeroDivisionError"):
        aiimage_mock.disasters(lambda _: 1 / 0)


def test_allowed_kinds_and_selected_points_must_exist(aiimage_mock: AiimageMock) -> None:
    with pytest.raises(ValueError, match="allow takes double-payment, hang"):
        aiimage_mock.disasters(_blind, allow=["double"])
    with pytest.raises(ScheduleError, match="unknown point 'eaten'"):
        aiimage_mock.disasters(_blind, only="1.eaten")


def test_a_loop_that_reads_the_time_ends(aiimage_mock: AiimageMock) -> None:
    def scenario(mock: AiimageMock) -> str:
        end = time.monotonic() + 0.01
        while time.monotonic() < end:
            pass
        return str(mock.state["credits"])

    aiimage_mock.disasters(scenario)


def test_time_is_real_again_afterwards_and_state_is_per_run(aiimage_mock: AiimageMock) -> None:
    balances = []

    def scenario(mock: AiimageMock) -> None:
        balances.append(mock.state["credits"])
        time.sleep(100_000 if len(balances) > 2 else 100)

    before = time.time()
    aiimage_mock.disasters(scenario, allow=KINDS, only="1.reset", credits=7)
    assert timedelta(seconds=time.time() - before) < timedelta(seconds=90)
    assert balances == [7, 7]


def _blind(mock: AiimageMock) -> bytes:
    for _ in range(3):
        try:
            body = with_requests(mock, 100)
            address = urljoin(mock.base_url, f"/{body['images'][0]['output']}")
            break
        except requests.RequestException:
            time.sleep(20)
    for _ in range(9):
        try:
            reply = requests.get(address, timeout=100)
            reply.raise_for_status()
        except requests.RequestException:
            time.sleep(20)
        else:
            return reply.content
    raise ConnectionError
