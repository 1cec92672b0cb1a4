"""Every assumption is a setting, and every setting changes the behaviour."""

import asyncio
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import ASGIApp

from mock_server.app import create_app, rules
from support import scenes_of_refusals, scenes_of_replies  # noqa: F401 (they add scenes)
from support.account import API, Account
from support.asgi import call
from support.clocks import JumpingClock
from support.mock import behaviour, settings
from support.scenes import SCENES, Scene, scene

VALID = {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": 1}


@scene(lock_scope="global")
async def one_lock_and_one_clock_for_all_worlds(app: ASGIApp, account: Account) -> None:
    other = Account(app, "other")
    await other.control("PUT")
    running = await account.start_generating()
    assert (await other.get("check-availability")).status == 409
    assert (await other.generate()).status == 409
    assert (await other.control("GET"))["lock"] == (await account.control("GET"))["lock"]
    await other.clock(advance=2)
    assert (await running).status == 200
    assert (await other.get("check-availability")).status == 200
    assert (await other.control("GET"))["clock"] == (await account.control("GET"))["clock"]


@scene(lock_scope="global", credit_need="all")
async def a_refusal_for_another_reason_does_not_keep_the_shared_lock(app: ASGIApp, account: Account) -> None:
    poor = Account(app, "poor")
    await poor.control("PUT", body={"credits": 0})
    assert (await poor.generate()).status == 419
    assert (await account.get("check-availability")).status == 200


@scene(lock_scope="account")
async def each_account_has_its_own_lock(app: ASGIApp, account: Account) -> None:
    await account.start_generating()
    assert (await Account(app, "other").get("check-availability")).status == 200


@scene(lock_release="expiry")
async def the_lock_is_kept_until_it_expires(app: ASGIApp, account: Account) -> None:
    running = await account.start_generating()
    await account.clock(advance=9.999)
    assert (await running).status == 200
    assert (await account.generate()).status == 409
    await account.clock(advance_to="lock-expiry")
    assert (await account.get("check-availability")).status == 200


@scene(locked_status_field="absent")
async def a_locked_reply_without_status(app: ASGIApp, account: Account) -> None:
    await account.start_generating()
    assert list((await account.generate()).body) == ["message"]
    assert (await account.get("check-availability")).body["status"] == "error"


@scene(locked_status_field="present")
async def a_locked_reply_with_status(app: ASGIApp, account: Account) -> None:
    await account.start_generating()
    assert (await account.generate()).body["status"] == "error"


@scene(locked_message_field="error")
async def a_locked_reply_whose_text_is_its_error(app: ASGIApp, account: Account) -> None:
    await account.start_generating()
    answer = await account.generate()
    assert (answer.status, list(answer.body)) == (409, ["status", "error"])
    assert answer.body["error"].startswith("Image generation in progress")
    assert (await account.get("check-availability")).body["message"]


@scene(locked_message_field="error", error_body="envelope")
async def an_envelope_precedes_the_error_of_a_locked_reply(app: ASGIApp, account: Account) -> None:
    await account.start_generating()
    assert (await account.generate()).body["error"]["message"].startswith("Image generation in progress")


@scene(credit_need="any")
async def one_credit_is_enough(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"credits": 2, "generation_time": 0})
    assert (await account.generate(5)).status == 200
    assert (await account.control("GET"))["credits"] == 0
    assert (await account.generate()).status == 419


@scene(daily_unit="requests")
async def a_day_is_counted_in_requests(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 2, "generation_time": 0})
    assert [(await account.generate(5)).status for _ in range(3)] == [200, 200, 429]


@scene(daily_unit="attempts", refusal_order=["invalid", "locked", "no-credits", "daily-limit"])
async def a_day_is_counted_in_requests_and_refused_ones_count(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 4, "credits": 1, "generation_time": 0})
    assert [(await account.generate(count)).status for count in (1, 0, 1)] == [200, 422, 419]
    await account.control("PATCH", body={"credits": 9, "lock": "forever"})
    assert (await account.generate()).status == 409
    await account.control("PATCH", body={"lock": None})
    assert [(await account.generate()).status for _ in range(2)] == [429, 429]
    assert (await account.control("GET"))["used_today"] == 4


@scene(daily_reset="18:00")
async def a_day_begins_in_the_evening(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"used_today": 50, "generation_time": 0})
    await account.clock(set="2026-02-26T17:59:59Z")
    assert (await account.generate()).status == 429
    await account.clock(set="2026-02-26T18:00:00Z")
    assert (await account.generate()).status == 200


@scene(refusal_order=["locked", "no-credits", "invalid", "daily-limit"])
async def another_order_of_refusals(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"credits": 0, "daily_limit": 0})
    assert (await account.generate(0)).status == 419
    await account.control("PATCH", body={"lock": "forever"})
    assert (await account.generate(0)).status == 409
    await account.control("PATCH", body={"lock": None, "credits": 1})
    assert (await account.generate(0)).status == 422
    assert (await account.generate(1)).status == 429
    assert (await call(app, "POST", f"{API}/generate-image", "demo-invalid", VALID)).status == 401


@scene(invalid_status=400)
async def invalid_parameters_are_400(app: ASGIApp, account: Account) -> None:
    answer = await account.generate(0)
    assert (answer.status, list(answer.body)) == (400, ["message", "errors"])
    upscale = {"image_generator": "stablediffusion", "stable_description": "a fox", "type": "upscale"}
    upscale |= {"image_resolution": "64x64", "image_number_of_images": "1"}
    assert (await call(app, "POST", f"{API}/generate-image", account.token, upscale)).status == 400


@scene(invalid_status=200)
async def invalid_parameters_are_a_200_that_says_so(app: ASGIApp, account: Account) -> None:
    answer = await account.generate(0)
    assert (answer.status, answer.body["status"], list(answer.body)) == (200, "error", ["status", "message"])
    assert (await account.requests())[-1]["rule"] == "VALID-422"


@scene(recent_order="oldest-first")
async def recent_images_oldest_first(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    made = [image["id"] for image in (await account.generate(3)).body["images"]]
    assert [image["id"] for image in (await account.get("recent-images")).body] == made


@scene(image_storage="s3")
async def a_remote_storage_gives_full_addresses(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    answer = await account.generate(host="mock.example:8010")
    (image,) = answer.body["images"]
    assert answer.body["image_storage"] == "s3"
    assert image["output"] == f"http://mock.example:8010/uploads/{image['title']}"
    assert (await call(app, "GET", f"/uploads/{image['title']}")).body[:4] == b"\x89PNG"
    (recent,) = (await account.get("recent-images")).body
    assert recent["output"] == image["output"]


@scene(image_storage="s3")
async def an_invalid_host_is_not_used_in_addresses(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate(host="evil/?<script>")).body["images"]
    assert image["output"] == f"http://127.0.0.1:80/uploads/{image['title']}"


@scene(image_storage="local", storage_url="https://pictures.example/bucket/", output_form="slash")
async def a_storage_of_the_service_under_another_name(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    body = (await account.generate()).body
    assert body["image_storage"] == "local"
    assert body["images"][0]["output"].startswith("/uploads/")


@scene(image_storage="r2", storage_url="https://pictures.example/bucket/")
async def a_remote_storage_has_the_configured_address(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    assert image["output"] == f"https://pictures.example/bucket/uploads/{image['title']}"


@scene(default_size="96x64")
async def an_engine_without_a_size_makes_pictures_of_the_default_size(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    assert await size(app, image) == (96, 64)


@scene(upscale_factor=3)
async def upscale_multiplies_the_size_of_the_upload(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    png = BytesIO()
    Image.new("RGB", (10, 20)).save(png, "PNG")
    fields = {"image_generator": "stablediffusion", "type": "upscale", "image_resolution": "512x512"}
    fields |= {"stable_description": "finer", "image_number_of_images": "1"}
    async with client(app) as http:
        headers = {"Authorization": f"Bearer {account.token}"}
        reply = await http.post(
            f"{API}/generate-image", headers=headers, data=fields, files={"image_src": png.getvalue()}
        )
    assert await size(app, reply.json()["images"][0]) == (30, 60)


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock")


async def size(app: ASGIApp, image: dict[str, Any]) -> tuple[int, int]:
    async with client(app) as http:
        reply = await http.get(f"/{image['output']}")
    return Image.open(BytesIO(reply.content)).size


@pytest.mark.parametrize(("behaves", "played"), SCENES, ids=[function.__name__ for _, function in SCENES])
def test_a_setting_changes_the_behaviour(behaves: dict[str, Any], played: Scene) -> None:
    app = create_app(settings(behaves=behaviour(**behaves), generation_seconds=2), JumpingClock())

    async def with_account() -> None:
        account = Account(app)
        await account.begin()
        await played(app, account)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    asyncio.run(with_account())


def test_every_assumption_has_a_scene() -> None:
    assumed = {each.name for each in rules().settings.values() if each.rule and each.source != "doc"}
    assert assumed == {name for behaves, _ in SCENES for name in behaves}


def test_every_setting_can_be_read() -> None:
    app = create_app(settings(behaves=behaviour(lock_seconds=3)), JumpingClock())
    listed = {each["name"]: each for each in asyncio.run(call(app, "GET", "/_mock/behaviour")).body}
    assert set(listed) == set(rules().settings)
    expected = {"value": 3, "default": 10, "takes": "number > 0", "source": "doc", "rule": "LOCK-10S"}
    assert listed["lock_seconds"] == {"name": "lock_seconds", **expected}
