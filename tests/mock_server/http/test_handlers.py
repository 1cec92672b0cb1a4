"""The responses of the four operations."""

import asyncio

import pytest

from support.clocks import JumpingClock, SteppedClock, until
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

GENERATE = f"{PREFIX}/generate-image"
BUSY = {"status": "error", "message": "Image generation in progress. Please try again later."}


def test_availability_without_a_running_generation(mock: Mock) -> None:
    reply = mock.call("GET", f"{PREFIX}/check-availability")
    assert reply.status_code == 200
    assert reply.json() == {"status": "success", "message": "Image generation is available."}


def test_availability_while_another_client_holds_the_lock(mock: Mock) -> None:
    reply = mock.call("GET", f"{PREFIX}/check-availability", "demo-busy")
    assert (reply.status_code, reply.json()) == (409, BUSY)


def test_versions_are_as_documented(mock: Mock) -> None:
    assert mock.call("GET", f"{PREFIX}/versions").json() == {"dall-e": "dalle3", "stable-diffusion": "sd3-large"}


def test_the_documented_request_gets_the_documented_reply(mock: Mock) -> None:
    reply = mock.generate()
    body = reply.json()
    (image,) = body.pop("images")
    assert reply.status_code == 200
    assert body == {"status": "success", "image_storage": "public"}
    assert image["input"] == DALL_E["description"]
    assert image["output"] == f"uploads/{image['title']}"
    assert isinstance(image["id"], int)


def test_each_image_costs_a_credit_and_counts_towards_the_daily_limit(mock: Mock) -> None:
    assert mock.generate(image_number_of_images=3).status_code == 200
    world = mock.world()
    assert (world["credits"], world["used_today"], world["images"]) == (97, 3, 3)


def test_recent_images_are_the_same_as_in_the_reply_that_made_them(mock: Mock) -> None:
    made = mock.generate(image_number_of_images=2).json()["images"]
    recent = mock.call("GET", f"{PREFIX}/recent-images").json()
    assert [image.pop("created_at") for image in recent] == ["2026-02-26T10:00:01Z"] * 2
    assert recent == made[::-1]


def test_recent_images_are_at_most_ten_newest_first(mock: Mock) -> None:
    for _ in range(3):
        mock.generate(image_number_of_images=4)
    ids = [image["id"] for image in mock.call("GET", f"{PREFIX}/recent-images").json()]
    assert len(ids) == 10
    assert ids == sorted(ids, reverse=True)


def test_worlds_are_independent(mock: Mock) -> None:
    mock.generate("one")
    assert mock.call("GET", f"{PREFIX}/recent-images", "two").json() == []


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [
        ("demo-busy", 409, BUSY["message"]),
        ("demo-limited", 429, "You have reached the maximum number of image generation allowed."),
        ("demo-empty", 419, "You have no credits left. Please consider upgrading your plan."),
    ],
)
def test_a_ready_made_token_is_refused_and_not_charged(mock: Mock, token: str, status: int, message: str) -> None:
    before = mock.world(token)
    reply = mock.generate(token)
    assert (reply.status_code, reply.json()) == (status, {"status": "error", "message": message})
    assert mock.world(token)["credits"] == before["credits"]


def test_the_low_account_can_pay_for_two_images(mock: Mock) -> None:
    assert mock.generate("demo-low", image_number_of_images=3).status_code == 419
    assert [mock.generate("demo-low").status_code for _ in range(3)] == [200, 200, 419]


def test_the_almost_limited_account_has_one_image_left(mock: Mock) -> None:
    assert mock.generate("demo-almost-limited", image_number_of_images=2).status_code == 429
    assert [mock.generate("demo-almost-limited").status_code for _ in range(2)] == [200, 429]


def test_the_daily_limit_resets_at_midnight_utc(start: Start) -> None:
    clock = JumpingClock()
    mock = start(clock=clock)
    mock.world("demo-limited")
    assert mock.generate("demo-limited").status_code == 429
    clock.advance(14 * 3600 - 1)
    assert mock.generate("demo-limited").status_code == 429
    clock.advance(1)
    assert mock.generate("demo-limited").status_code == 200


@pytest.mark.parametrize(
    ("token", "fields", "status"),
    [
        ("demo-invalid", {"size": "1x1"}, 401),
        ("demo-busy", {"size": "1x1"}, 422),
        ("demo-busy", {}, 409),
        ("demo-limited", {"image_number_of_images": 10}, 429),
    ],
)
def test_the_first_refusal_in_order_is_answered(mock: Mock, token: str, fields: dict[str, object], status: int) -> None:
    mock.call("PATCH", f"/_mock/worlds/{token}", None, json={"credits": 0, "used_today": 50})
    assert mock.generate(token, **fields).status_code == status


def test_one_of_twenty_simultaneous_calls_is_served(start: Start) -> None:
    clock = SteppedClock()
    mock = start(settings(generation_seconds=1), clock)

    async def burst() -> list[int]:
        calls = [asyncio.create_task(mock.acall("POST", GENERATE, json=dict(DALL_E))) for _ in range(20)]
        await until(lambda: sum(call.done() for call in calls) == 19)
        await clock.advance(1)
        return sorted(reply.status_code for reply in await asyncio.gather(*calls))

    assert mock.run(burst) == [200] + [409] * 19
    assert mock.world()["credits"] == 99


def test_twenty_worlds_generate_concurrently(start: Start) -> None:
    clock = SteppedClock()
    mock = start(settings(generation_seconds=1), clock)

    async def burst() -> list[int]:
        tokens = [f"token-{number}" for number in range(20)]
        calls = [asyncio.create_task(mock.acall("POST", GENERATE, token, json=dict(DALL_E))) for token in tokens]
        await clock.sleepers(20)
        await clock.advance(1)
        return [reply.status_code for reply in await asyncio.gather(*calls)]

    assert mock.run(burst) == [200] * 20


def test_another_generation_begins_when_the_lock_of_a_slow_one_expires_and_both_are_charged(start: Start) -> None:
    clock = SteppedClock()
    mock = start(clock=clock)

    async def overlapping() -> tuple[list[int], list[int]]:
        slow = asyncio.create_task(mock.acall("POST", GENERATE, "demo-slow", json=dict(DALL_E)))
        await clock.sleepers(1)
        await clock.advance(9.999999)
        checks = [(await mock.acall("GET", f"{PREFIX}/check-availability", "demo-slow")).status_code]
        await clock.advance(0.000001)
        checks.append((await mock.acall("GET", f"{PREFIX}/check-availability", "demo-slow")).status_code)
        other = asyncio.create_task(mock.acall("POST", GENERATE, "demo-slow", json=dict(DALL_E)))
        await clock.sleepers(2)
        await clock.advance(2)
        first = await slow
        checks.append((await mock.acall("GET", f"{PREFIX}/check-availability", "demo-slow")).status_code)
        await clock.advance(10)
        return checks, [first.status_code, (await other).status_code]

    checks, generated = mock.run(overlapping)
    assert checks == [409, 200, 409], "the end of the first must not release the lock of the second"
    assert generated == [200, 200]
    assert mock.world("demo-slow")["credits"] == 98


def test_images_can_be_free(start: Start) -> None:
    mock = start(settings(behaves=behaviour(credits_per_image=0)))
    assert mock.generate("demo-empty").status_code == 200
    assert mock.world("demo-empty")["credits"] == 0
