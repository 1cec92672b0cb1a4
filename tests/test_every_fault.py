"""Every fault applies as configured, and leaves credits, recent images and pictures consistent."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from mock_server.app import create_app
from mock_server.faults import FAULTS
from support.account import Account
from support.asgi import Answer
from support.clocks import JumpingClock
from support.mock import settings

Scene = Callable[[Account], Coroutine[Any, Any, None]]
COMMIT_POINTS = ("before-lock", "locked", "charged", "recorded", "headers-sent", "half-body")
SCENES: dict[str, Scene] = {}


def scene(function: Scene) -> Scene:
    """Register a scene under the name of its fault."""
    SCENES[function.__name__.replace("_", "-")] = function
    return function


def run(played: Scene) -> None:
    async def with_account() -> None:
        account = Account(create_app(settings(generation_seconds=2), JumpingClock()))
        await account.begin()
        await played(account)
        await assert_consistent(account)

    asyncio.run(with_account())


async def assert_consistent(account: Account) -> None:
    """Every image cost a credit and is in recent-images with its picture; no lock and no generation remains."""
    await account.control("DELETE", "/faults")
    await account.clock(advance=60)
    world = await account.control("GET")
    recent = (await account.get("recent-images")).body
    assert world["credits"] == 100 - world["images"]
    assert world["used_today"] == world["images"] == len(recent)
    assert (world["lock"], world["running"]) == (None, 0)
    for image in recent:
        assert (await account.picture(image)).body[:4] == b"\x89PNG"


async def generated(account: Account, count: int = 1) -> Answer:
    """Return the reply to a generation, advancing the clock until it arrives."""
    task = asyncio.create_task(account.generate(count))
    while not task.done():
        await asyncio.sleep(0)
        await account.clock(advance=1)
    return task.result()


async def timed_get(account: Account, name: str) -> tuple[Answer, float]:
    """Return a reply and its duration in seconds."""
    task = asyncio.create_task(account.get(name))
    passed = 0.0
    while not task.done():
        await asyncio.sleep(0)
        if not task.done():
            await account.clock(advance=0.25)
            passed += 0.25
    return task.result(), passed


@scene
async def status(account: Account) -> None:
    await account.fault("status", code=429, operation="generate-image", times=2)
    first, second, third = [await generated(account) for _ in range(3)]
    assert (first.status, second.status, third.status) == (429, 429, 200)
    assert first.body["message"]


@scene
async def delay(account: Account) -> None:
    await account.fault("delay", seconds=3, operation="versions", after=1, times=1)
    assert [(await timed_get(account, "versions"))[1] for _ in range(3)] == [0, 3, 0]


@scene
async def drop(account: Account) -> None:
    await account.fault("drop", operation="generateImage", times=1)
    answer = await generated(account)
    assert (answer.status, answer.complete) == (None, False)
    assert (await account.control("GET"))["images"] == 0


@scene
async def reset(account: Account) -> None:
    await account.fault("reset", operation="versions", times=1)
    assert (await account.get("versions")).status is None
    assert (await account.get("versions")).status == 200


@scene
async def truncated_body(account: Account) -> None:
    whole = (await account.get("versions")).headers["content-length"]
    await account.fault("truncated-body", operation="versions", bytes=7)
    answer = await account.get("versions")
    assert (answer.status, answer.headers["content-length"], answer.complete) == (200, whole, False)
    assert len(answer.body) == 7


@scene
async def malformed_json(account: Account) -> None:
    await account.fault("malformed-json", operation="generate-image", times=1)
    answer = await generated(account)
    assert (answer.status, answer.complete) == (200, True)
    assert isinstance(answer.body, bytes)


@scene
async def wrong_content_type(account: Account) -> None:
    await account.fault("wrong-content-type")
    assert (await account.get("versions")).headers["content-type"].startswith("text/html")


@scene
async def slow_body(account: Account) -> None:
    await account.fault("slow-body", seconds=4, parts=5)
    answer, passed = await timed_get(account, "versions")
    assert passed == 4
    assert answer.body["dall-e"] == "dalle3"


@scene
async def proxy_error(account: Account) -> None:
    await account.fault("proxy-error", code=504, times=1)
    answer = await account.get("versions")
    assert (answer.status, answer.headers["content-type"].partition(";")[0]) == (504, "text/html")
    assert (await account.get("versions")).status == 200


@scene
async def http_error(account: Account) -> None:
    await account.fault("http-error", code=429, retry_after=7, times=1)
    answer = await account.generate()
    assert (answer.status, answer.headers["retry-after"]) == (429, "7")
    assert answer.body == {"message": "Too Many Attempts."}
    await account.fault("http-error", code=503, body="empty", times=1)
    answer = await account.get("versions")
    assert (answer.status, answer.headers["content-length"]) == (503, "0")
    assert (await account.control("GET"))["credits"] == 100
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    await account.fault("http-error", code=502, body="html", operation="getPicture", times=1)
    assert (await account.picture(image)).headers["content-type"].startswith("text/html")
    assert (await account.picture(image)).status == 200


@scene
async def upstream_failure(account: Account) -> None:
    await account.fault("upstream-failure", message="The engine is down.", times=1)
    task = await account.start_generating(3)
    assert (await account.generate()).status == 409
    await account.clock(advance_to="generation-end")
    assert (await task).body == {"status": "error", "message": "The engine is down."}
    assert (await account.get("recent-images")).body == []
    assert (await account.get("check-availability")).status == 200
    assert (await account.control("GET"))["credits"] == 100


@scene
async def stuck_lock(account: Account) -> None:
    await account.fault("stuck-lock", times=1)
    assert (await generated(account)).status == 200
    assert (await account.get("check-availability")).status == 409
    await account.clock(advance_to="lock-expiry")
    assert (await account.get("check-availability")).status == 200


@scene
async def slow_generation(account: Account) -> None:
    await account.fault("slow-generation", seconds=12, times=1)
    task = await account.start_generating()
    await account.clock(advance=10)
    assert (await account.get("check-availability")).status == 200
    assert not task.done()
    await account.clock(advance=2)
    assert (await task).status == 200


@scene
async def picture_missing(account: Account) -> None:
    (image,) = (await generated(account)).body["images"]
    await account.fault("picture-missing", times=1)
    assert [(await account.picture(image)).status for _ in range(2)] == [404, 200]


@scene
async def picture_truncated(account: Account) -> None:
    (image,) = (await generated(account)).body["images"]
    await account.fault("picture-truncated", share=0.25, times=1)
    cut, whole = [await account.picture(image) for _ in range(2)]
    assert (cut.complete, whole.complete) == (False, True)
    assert whole.body.startswith(cut.body)
    assert len(cut.body) == len(whole.body) // 4


@scene
async def picture_slow(account: Account) -> None:
    (image,) = (await generated(account)).body["images"]
    await account.fault("picture-slow", seconds=6, parts=3)
    task = asyncio.create_task(account.picture(image))
    while not (await account.requests())[-1]["picture"]:  # noqa: ASYNC110 (rendered in a thread)
        await asyncio.sleep(0.01)
    await account.clock(advance=5)
    assert not task.done()
    await account.clock(advance=1)
    assert (await task).body[:4] == b"\x89PNG"


@pytest.mark.parametrize("fault", sorted(SCENES))
def test_a_fault_applies_and_leaves_a_consistent_state(fault: str) -> None:
    run(SCENES[fault])


def test_every_fault_has_its_scene() -> None:
    assert {*SCENES, "lost-response"} == set(FAULTS)


@pytest.mark.slow
@pytest.mark.parametrize("point", COMMIT_POINTS)
def test_a_lost_response_leaves_a_consistent_state(point: str) -> None:
    async def drill(account: Account) -> None:
        await account.fault("lost-response", at=point, times=1)
        lost = await generated(account, 2)
        assert not lost.complete
        assert lost.status == (200 if point in ("headers-sent", "half-body") else None)
        await account.clock(advance=10)
        images = (await account.get("recent-images")).body
        assert len(images) == (0 if point == "before-lock" else 2)
        retried = await generated(account, 2)
        assert retried.status == 200
        world = await account.control("GET")
        assert world["credits"] == (98 if point == "before-lock" else 96)
        entry = (await account.requests())[0]
        assert (entry["complete"], entry["faults"]) == (False, ["lost-response"])

    run(drill)


def test_a_retry_while_the_lost_generation_still_runs_is_refused() -> None:
    async def drill(account: Account) -> None:
        await account.fault("lost-response", at="locked", times=1)
        assert not (await account.generate()).complete
        assert (await account.generate()).status == 409
        await account.clock(advance_to="generation-end")
        assert len((await account.get("recent-images")).body) == 1

    run(drill)


def test_a_fault_for_one_request_by_header() -> None:
    async def once(account: Account) -> None:
        assert (await account.get("versions", x_mock_fault="proxy-error;code=503")).status == 503
        assert (await account.get("check-availability", prefer="respond-async, code=409")).status == 409
        assert (await account.get("versions", x_mock_fault="proxy-eror")).body == {
            "message": "Invalid fault: unknown fault 'proxy-eror'; did you mean proxy-error?"
        }
        assert (await account.get("versions")).status == 200

    run(once)


def test_a_random_fault_applies_to_the_same_calls_each_time() -> None:
    async def statuses() -> list[int | None]:
        account = Account(create_app(settings(), JumpingClock()))
        await account.begin()
        await account.fault("proxy-error", probability=0.3)
        return [(await account.get("versions")).status for _ in range(200)]

    first, second = asyncio.run(statuses()), asyncio.run(statuses())
    assert first == second
    assert 35 < first.count(502) < 85
