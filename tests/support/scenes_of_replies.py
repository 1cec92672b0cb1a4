"""Scenes of the forms of a reply, which the documentation leaves open."""

from typing import Any

from starlette.types import ASGIApp

from support.account import API, Account
from support.asgi import Answer, call
from support.scenes import scene


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


@scene(unknown_path_body="page")
async def an_unknown_path_gets_a_page(app: ASGIApp, account: Account) -> None:
    answer = await account.get("nowhere")
    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    wrong_method = await call(app, "POST", f"{API}/versions", account.token)
    assert (wrong_method.status, list(wrong_method.body)) == (405, ["message"])


@scene(error_body="both")
async def errors_have_the_keys_of_both_forms(app: ASGIApp, account: Account) -> None:
    body = (await account.generate(0)).body
    assert list(body) == ["success", "error", "message", "errors"]
    assert body["error"]["details"] == body["errors"]


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
    await account.control("PATCH", body={"lock": "forever"})
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


@scene(queued_engines=["flux-pro"], queued_lock="picture")
async def the_lock_of_a_queued_image_lasts_until_its_picture_is_ready(app: ASGIApp, account: Account) -> None:
    (image,) = (await account.generate()).body["images"]
    assert (image["status"], (await account.get("check-availability")).status) == ("IN_QUEUE", 409)
    await account.clock(advance_to="lock-expiry")
    assert (await account.get("recent-images")).body[0]["status"] == "COMPLETED"
    assert (await account.get("check-availability")).status == 200


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
    without_origin = await call(app, "OPTIONS", f"{API}/versions", account.token)
    assert (without_origin.status, without_origin.headers["allow"]) == (200, "GET, HEAD")
    for answer in (
        await call(app, "GET", "/_mock/worlds", origin="https://page.example"),
        await call(app, "OPTIONS", "/_mock/worlds", **ASKED),
    ):
        assert "access-control-allow-origin" not in answer.headers


@scene(cors="none")
async def no_page_of_another_origin_may_call(app: ASGIApp, account: Account) -> None:
    answer = await call(app, "OPTIONS", f"{API}/versions", **ASKED)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "access-control-allow-origin" not in (await account.get("versions", origin="https://page.example")).headers


@scene(unversioned_paths="served")
async def addresses_without_a_version_are_served(app: ASGIApp, account: Account) -> None:
    reply = await call(app, "GET", "/api/aiimage/versions", account.token)
    assert (reply.status, reply.body) == (200, (await account.get("versions")).body)


@scene(unversioned_paths="absent")
async def addresses_without_a_version_are_unknown(app: ASGIApp, account: Account) -> None:
    assert (await call(app, "GET", "/api/aiimage/versions", account.token)).status == 404
