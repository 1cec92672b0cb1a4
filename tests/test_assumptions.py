"""Every assumption is a setting, and every setting changes the behaviour."""

import asyncio
from collections.abc import Callable, Coroutine
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from starlette.types import ASGIApp

from mock_server.app import create_app, rules
from support.account import API, Account
from support.asgi import Answer, call
from support.clocks import JumpingClock
from support.mock import behaviour, settings

Scene = Callable[[ASGIApp, Account], Coroutine[Any, Any, None]]
SCENES: list[tuple[dict[str, Any], Scene]] = []
VALID = {"image_generator": "flux-pro", "description_flux_pro": "a fox", "image_number_of_images": 1}


def scene(**behaves: Any) -> Callable[[Scene], Scene]:
    """Register a scene that runs on a mock with these settings."""

    def added(function: Scene) -> Scene:
        SCENES.append((behaves, function))
        return function

    return added


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
    await account.control("PATCH", body={"credits": 9, "lock": {"until": None}})
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
    await account.control("PATCH", body={"lock": {"until": None}})
    assert (await account.generate(0)).status == 409
    await account.control("PATCH", body={"lock": None, "credits": 1})
    assert (await account.generate(0)).status == 422
    assert (await account.generate(1)).status == 429
    assert (await call(app, "POST", f"{API}/generate-image", "demo-invalid", VALID)).status == 401


@scene(prompt_separator="and")
async def several_prompts_are_joined_otherwise(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    several = {"image_generator": "stablediffusion", "type": "multi-prompt", "image_resolution": "64x48"}
    body = {**several, "image_number_of_images": 1, "stable_description": ["a fox", "fog"]}
    reply = await call(app, "POST", f"{API}/generate-image", account.token, body)
    assert reply.body["images"][0]["input"] == "a fox and fog"


@scene(trailing_slash="redirected")
async def a_trailing_slash_is_redirected(app: ASGIApp, account: Account) -> None:
    assert (await account.get("versions/")).status == 301


@scene(trailing_slash="unknown")
async def a_trailing_slash_is_unknown(app: ASGIApp, account: Account) -> None:
    assert (await account.get("versions/")).status == 404


@scene(invalid_status=400)
async def invalid_parameters_are_400(app: ASGIApp, account: Account) -> None:
    answer = await account.generate(0)
    assert (answer.status, list(answer.body)) == (400, ["message", "errors"])
    upscale = {"image_generator": "stablediffusion", "stable_description": "a fox", "type": "upscale"}
    upscale |= {"image_resolution": "64x64", "image_number_of_images": "1"}
    assert (await call(app, "POST", f"{API}/generate-image", account.token, upscale)).status == 422


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


@scene(image_storage="r2", storage_url="https://pictures.example/bucket/")
async def a_remote_storage_has_the_configured_address(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    assert image["output"] == f"https://pictures.example/bucket/uploads/{image['title']}"


@scene(output_form="slash")
async def the_address_of_a_picture_begins_with_a_slash(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    assert image["output"] == f"/uploads/{image['title']}"


@scene(output_form="url")
async def local_pictures_have_a_full_address(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    answer = await account.generate(host="mock.example:8010")
    assert answer.body["image_storage"] == "public"
    (image,) = answer.body["images"]
    assert image["output"] == f"http://mock.example:8010/uploads/{image['title']}"


@scene(further_fields="family")
async def entries_have_further_fields_and_other_ones_by_reply(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    (recent,) = (await account.get("recent-images")).body
    documented = {"id", "title", "input", "output"}
    assert image.keys() - recent.keys() == {"img_id"}
    assert recent.keys() - image.keys() == {"created_at", "updated_at"}
    assert {name: image[name] for name in documented} == {name: recent[name] for name in documented}


@scene(created_at="microseconds")
async def created_at_has_fractions_of_a_second(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    await account.generate()
    assert [each["created_at"] for each in (await account.get("recent-images")).body] == ["2026-02-26T12:00:00.000000Z"]


@scene(input_modifiers="appended")
async def input_is_the_prompt_with_its_modifiers(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    fields: dict[str, Any] = {"image_generator": "dall-e", "description": "a fox", "size": "256x256", "quality": "hd"}
    fields |= {"image_style": "vivid", "image_lighting": "golden hour", "mood": "", "image_number_of_images": 1}
    answer = await call(app, "POST", f"{API}/generate-image", account.token, fields)
    assert [image["input"] for image in answer.body["images"]] == ["a fox vivid style golden hour lighting"]


@scene(error_body="envelope")
async def errors_are_in_an_envelope(app: ASGIApp, account: Account) -> None:
    codes = {}
    await account.control("PATCH", body={"credits": 0, "generation_time": 0})
    for answer in (
        await account.generate(),
        await account.generate(0),
        await call(app, "GET", f"{API}/versions"),
        await call(app, "GET", f"{API}/nowhere", account.token),
        await call(app, "POST", f"{API}/versions", account.token),
        await call(app, "GET", "/uploads/none.png"),
    ):
        assert answer.body["success"] is False
        assert answer.body["error"].keys() == {"code", "message", "details"}
        codes[answer.status] = answer.body["error"]["code"]
    assert codes == {
        419: "INSUFFICIENT_CREDITS",
        422: "VALIDATION_ERROR",
        401: "UNAUTHORIZED",
        404: "NOT_FOUND",
        405: "METHOD_NOT_ALLOWED",
    }
    (refused, *_) = [each for each in await account.requests() if each["status"] == 422]
    assert (refused["rule"], refused["why"]["rule"]) == ("VALID-422", "VALID-422")


@scene(error_body="envelope")
async def the_fields_that_are_wrong_are_the_details(app: ASGIApp, account: Account) -> None:
    error = (await account.generate(0)).body["error"]
    assert list(error["details"]) == ["image_number_of_images"]
    await account.control("PATCH", body={"daily_limit": 0})
    assert (await account.generate()).body["error"]["code"] == "DAILY_LIMIT_EXCEEDED"
    await account.control("PATCH", body={"lock": {"until": None}})
    assert (await account.generate()).body["error"]["code"] == "CONFLICT"
    # Its body is documented.
    assert list((await account.get("check-availability")).body) == ["status", "message"]


def rate_headers(answer: Answer) -> list[str]:
    return [answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]


NEXT_MINUTE = str(1772107200 + 60)  # 2026-02-26T12:01:00Z


@scene(rate_limit="starter")
async def a_window_is_a_minute_of_the_clock(app: ASGIApp, account: Account) -> None:
    await account.clock(advance=15)
    replies = [await account.get("versions") for _ in range(60)]
    assert {reply.status for reply in replies} == {200}
    assert rate_headers(replies[-1]) == ["60", "0", NEXT_MINUTE]
    for refused in (await account.get("versions"), await account.generate(0)):
        assert (refused.status, refused.body) == (429, {"message": "Too Many Attempts."})
        assert (rate_headers(refused), refused.headers["retry-after"]) == (["60", "0", NEXT_MINUTE], "45")
    entry = (await account.requests())[-1]
    assert (entry["rule"], entry["why"]["state"]["limit"]) == ("RATE", 60)
    assert entry["why"]["message"].startswith(
        "The rate limit of 60 requests is reached. Send it again at 2026-02-26T12:01:00Z"
    )
    assert (await call(app, "GET", f"{API}/versions")).status == 401
    assert (await Account(app, "other").get("versions")).status == 200
    await account.clock(advance_to="rate-reset", offset_ms=-1)
    assert (await account.get("versions")).status == 429
    await account.clock(advance_to="rate-reset")
    assert rate_headers(await account.get("versions")) == ["60", "59", str(int(NEXT_MINUTE) + 60)]


@scene(rate_limit="starter", rate_limit_headers="refusal")
async def a_day_has_a_limit_too_and_only_the_refusal_tells(app: ASGIApp, account: Account) -> None:
    for minute in range(17):
        if minute:
            await account.clock(advance_to="rate-reset")
        replies = [await account.get("versions") for _ in range(60)]
    assert rate_headers(replies[39]) == ["", "", ""]
    assert [reply.status for reply in replies] == [200] * 40 + [429] * 20
    assert rate_headers(replies[-1]) == ["1000", "0", str(1772107200 + 12 * 3600)]


@scene(rate_limit="business", rate_limit_headers="never")
async def a_rate_limit_without_headers(app: ASGIApp, account: Account) -> None:
    replies = [await account.get("versions") for _ in range(301)]
    assert [reply.status for reply in replies] == [200] * 300 + [429]
    assert not {name for reply in replies for name in reply.headers if name.startswith("x-ratelimit")}
    assert "retry-after" not in replies[-1].headers


@scene(without_accept="redirect")
async def a_client_that_does_not_accept_json_gets_a_redirect_or_a_page(app: ASGIApp, account: Account) -> None:
    for accept in ("*/*", "text/html, application/json", ""):
        answer = await call(app, "GET", f"{API}/versions", accept=accept)
        assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1/login")
        answer = await call(app, "GET", f"{API}/nowhere", account.token, accept=accept)
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    for accept in ("application/json", "application/vnd.api+json, text/html"):
        answer = await call(app, "GET", f"{API}/versions", accept=accept)
        assert (answer.status, answer.body) == (401, {"message": "Unauthenticated."})
    assert (await account.get("versions", accept="text/html")).status == 200


@scene(queued_engines=["flux-pro"])
async def flux_pro_answers_before_its_pictures_are_ready(app: ASGIApp, account: Account) -> None:
    (image,) = (await account.generate()).body["images"]
    assert (image["status"], (await account.control("GET"))["credits"]) == ("IN_QUEUE", 99)
    placeholder = await account.picture(image)
    assert (placeholder.status, placeholder.headers["content-type"]) == (200, "image/svg+xml")
    assert (await account.get("check-availability")).status == 200
    await account.clock(advance=2)
    (ready,) = (await account.get("recent-images")).body
    assert (ready["status"], ready["output"]) == ("COMPLETED", f"uploads/{image['title']}")
    assert (await account.picture(ready)).body[:4] == b"\x89PNG"


@scene(queued_engines=["ideogram", "flux-pro-kontext"])
async def other_engines_are_not_queued(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    (image,) = (await account.generate()).body["images"]
    assert "status" not in image


@scene(failing_prompt="[fail]")
async def a_prompt_that_asks_for_it_makes_a_generation_fail(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    answer = await account.generate(prompt="a fox [fail]")
    assert (answer.status, answer.body["status"], list(answer.body)) == (200, "error", ["status", "message"])
    assert (await account.get("recent-images")).body == []
    assert (await account.control("GET"))["credits"] == 100


@scene(failing_prompt="")
async def no_prompt_fails(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    assert (await account.generate(prompt="a fox [fail]")).body["status"] == "success"


ASKED = {"origin": "https://page.example", "access_control_request_method": "POST"}


@scene(cors="any")
async def a_page_of_any_origin_may_call(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    asked = {**ASKED, "access_control_request_headers": "authorization,content-type"}
    for path in (f"{API}/generate-image", f"{API}/nowhere", "/uploads/a.png"):
        answer = await call(app, "OPTIONS", path, **asked)
        assert answer.status == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-allow-methods"] == "POST"
        assert answer.headers["access-control-allow-headers"] == "authorization,content-type"
        assert "access-control-allow-credentials" not in answer.headers
    for reply in (
        await account.generate(origin="https://page.example"),
        await account.generate(0, origin="https://page.example"),
        await call(app, "GET", f"{API}/versions", origin="null"),
    ):
        assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await account.get("versions")).headers
    assert {entry["method"] for entry in await account.requests()} == {"POST", "GET"}
    assert (await call(app, "OPTIONS", f"{API}/versions", account.token)).status == 405
    for answer in (
        await call(app, "GET", "/_mock/worlds", origin="https://page.example"),
        await call(app, "OPTIONS", "/_mock/worlds", **ASKED),
    ):
        assert "access-control-allow-origin" not in answer.headers


@scene(cors="none")
async def no_page_of_another_origin_may_call(app: ASGIApp, account: Account) -> None:
    assert (await call(app, "OPTIONS", f"{API}/versions", **ASKED)).status == 405
    assert "access-control-allow-origin" not in (await account.get("versions", origin="https://page.example")).headers


@scene(unversioned_paths="served")
async def addresses_without_a_version_are_served(app: ASGIApp, account: Account) -> None:
    reply = await call(app, "GET", "/api/aiimage/versions", account.token)
    assert (reply.status, reply.body) == (200, (await account.get("versions")).body)


@scene(unversioned_paths="absent")
async def addresses_without_a_version_are_unknown(app: ASGIApp, account: Account) -> None:
    assert (await call(app, "GET", "/api/aiimage/versions", account.token)).status == 404


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
