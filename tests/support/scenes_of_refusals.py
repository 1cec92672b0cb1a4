"""Scenes of what a service refuses, how it says so, and what a refusal leaves behind."""

from typing import Any

from starlette.types import ASGIApp

from support.account import API, Account
from support.asgi import Answer, call
from support.scenes import scene

FORM = b"image_generator=flux-pro&description_flux_pro=a+fox&image_number_of_images=1"
FAMILY_ORDER = ["locked", "daily-limit", "no-credits", "invalid"]
NO_BREAK_SPACE, INVISIBLE = "\u00a0", "\u200b"


async def generate(app: ASGIApp, account: Account, **fields: Any) -> Answer:
    body = {"image_generator": "flux-pro", "image_number_of_images": 1, **fields}
    return await call(app, "POST", f"{API}/generate-image", account.token, body)


@scene(unauthenticated_status=403)
async def a_call_without_a_valid_token_is_403(app: ASGIApp, account: Account) -> None:
    for token in (None, "demo-invalid"):
        answer = await call(app, "GET", f"{API}/versions", token)
        assert (answer.status, answer.body) == (403, {"message": "Unauthenticated."})
    assert (await account.get("versions")).status == 200


@scene(unauthenticated_status=403, error_body="envelope")
async def a_403_without_a_valid_token_has_the_code_of_its_status(app: ASGIApp, account: Account) -> None:
    del account
    assert (await call(app, "GET", f"{API}/versions")).body["error"]["code"] == "FORBIDDEN"


@scene(unauthenticated_body="page")
async def a_call_without_a_valid_token_gets_a_page(app: ASGIApp, account: Account) -> None:
    answer = await call(app, "GET", f"{API}/versions")
    assert (answer.status, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert (await account.get("versions")).status == 200


@scene(unauthenticated_body="redirect")
async def a_call_without_a_valid_token_is_redirected(app: ASGIApp, account: Account) -> None:
    answer = await call(app, "GET", f"{API}/versions")
    assert (answer.status, answer.headers["location"]) == (302, "http://127.0.0.1/login")
    assert (await account.get("versions")).status == 200


@scene(invalid_body="message")
async def invalid_parameters_get_a_message_alone(app: ASGIApp, account: Account) -> None:
    answer = await account.generate(0)
    assert (answer.status, list(answer.body)) == (422, ["message"])


@scene(invalid_body="first-error", invalid_status=400)
async def invalid_parameters_get_the_first_error_alone(app: ASGIApp, account: Account) -> None:
    answer = await generate(app, account, image_number_of_images=0)
    assert answer.status == 400
    assert list(answer.body["errors"]) == ["image_number_of_images"]
    assert answer.body["errors"]["image_number_of_images"] == [answer.body["message"]]


@scene(daily_limit_body="errors")
async def the_daily_limit_has_a_list_of_errors(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 0})
    answer = await account.generate()
    expected = {"errors": ["You have reached the maximum number of image generation allowed."]}
    assert (answer.status, answer.body) == (429, expected)


@scene(daily_limit_body="errors", error_body="envelope")
async def an_envelope_precedes_the_list_of_errors(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 0})
    assert (await account.generate()).body["error"]["message"].startswith("You have reached")


@scene(absent_sizes=["512x512"])
async def an_absent_size_is_refused(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    dall_e = {"image_generator": "dall-e", "description": "a fox", "quality": "hd"}
    absent, offered = [await generate(app, account, **dall_e, size=size) for size in ("512x512", "256x256")]
    assert (absent.status, list(absent.body["errors"]), offered.status) == (422, ["size"], 200)
    # Of another engine, whose sizes the document does not list, nothing is known.
    form = {"image_generator": "stablediffusion", "stable_description": "a fox", "type": "text-to-image"}
    assert (await generate(app, account, **form, image_resolution="512x512")).status == 200


@scene(limit_status=403, invalid_status=400)
async def a_request_beyond_a_limit_is_forbidden(app: ASGIApp, account: Account) -> None:
    beyond = await generate(app, account, image_number_of_images=11, description_flux_pro="a fox")
    assert (beyond.status, list(beyond.body)) == (403, ["message"])
    both = await generate(app, account, image_number_of_images=11)
    assert (both.status, list(both.body["errors"])) == (400, ["description_flux_pro"])


@scene(limit_status=200)
async def a_request_beyond_a_limit_is_200_without_images(app: ASGIApp, account: Account) -> None:
    beyond = await account.generate(11)
    assert (beyond.status, beyond.body["status"], list(beyond.body)) == (200, "error", ["status", "message"])


@scene(limit_body="message")
async def a_request_beyond_a_limit_gets_a_message_alone(app: ASGIApp, account: Account) -> None:
    assert list((await account.generate(11)).body) == ["message"]
    assert list((await account.generate(0)).body) == ["message", "errors"]


@scene(daily_limit_body="errors", error_body="both")
async def both_forms_have_the_errors_of_the_daily_limit(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 0})
    body = (await account.generate()).body
    assert body["error"]["message"] == body["errors"][0]


@scene(urlencoded="refused")
async def a_urlencoded_form_is_refused(app: ASGIApp, account: Account) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = await call(app, "POST", f"{API}/generate-image", account.token, FORM, content_type=kind)
    message = f"The request body must be application/json or multipart/form-data: the Content-Type is {kind}."
    assert (answer.status, answer.body["message"]) == (422, message)
    assert (await account.control("GET"))["credits"] == 100


@scene(urlencoded="accepted")
async def a_urlencoded_form_is_accepted(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"generation_time": 0})
    kind = "application/x-www-form-urlencoded"
    answer = await call(app, "POST", f"{API}/generate-image", account.token, FORM, content_type=kind)
    assert [image["input"] for image in answer.body["images"]] == ["a fox"]


async def read(app: ASGIApp, account: Account, prompt: str) -> str | None:
    """Return the prompt as the service read it, None if it was refused."""
    answer = await generate(app, account, description_flux_pro=prompt)
    return answer.body["images"][0]["input"] if answer.status == 200 else None


@scene(text_trimming="unicode", generation_seconds={"flux-pro": 0})
async def invisible_characters_are_trimmed(app: ASGIApp, account: Account) -> None:
    for character in "\u200b\u200c\u200d\u2060\ufeff\u00ad\u3164\u2800\u00a0":
        assert await read(app, account, f" {character}a {character} fox{character}\n") == f"a {character} fox"
        assert await read(app, account, f"{character} ") is None


@scene(text_trimming="ascii", generation_seconds={"flux-pro": 0})
async def only_white_space_of_ascii_is_trimmed(app: ASGIApp, account: Account) -> None:
    assert await read(app, account, f"\t {NO_BREAK_SPACE}a fox\n") == f"{NO_BREAK_SPACE}a fox"
    assert await read(app, account, f" {INVISIBLE}") == INVISIBLE
    assert await read(app, account, " \t") is None


@scene(text_trimming="none", generation_seconds={"flux-pro": 0})
async def a_text_is_read_as_it_was_sent(app: ASGIApp, account: Account) -> None:
    assert await read(app, account, " a fox\n") == " a fox\n"
    assert await read(app, account, " \t") is None


@scene(absent_engines=["flux-pro", "ideogram"])
async def an_absent_engine_is_refused_once_the_rest_is_valid(app: ASGIApp, account: Account) -> None:
    absent = await account.generate()
    message = "The selected image generator is not offered."
    assert (absent.status, absent.body) == (422, {"message": message, "errors": {"image_generator": [message]}})
    wrong = await account.generate(0)
    assert list(wrong.body["errors"]) == ["image_number_of_images"]
    await account.control("PATCH", body={"generation_time": 0})
    offered = await generate(app, account, image_generator="flux-pro-kontext", description_flux_pro="a fox")
    assert offered.status == 200
    page = (await call(app, "GET", "/_mock/")).body.decode()
    assert "flux-pro-kontext" in page
    assert "ideogram" not in page


@scene(generation_seconds={"flux-pro": 4, "dall-e": 0})
async def a_generation_takes_as_long_as_its_engine(app: ASGIApp, account: Account) -> None:
    running = await account.start_generating()
    await account.clock(advance=3.999)
    assert not running.done()
    await account.clock(advance=0.001)
    assert (await running).status == 200
    dall_e = {"image_generator": "dall-e", "description": "a fox", "size": "256x256", "quality": "hd"}
    assert (await generate(app, account, **dall_e)).status == 200
    await account.control("PATCH", body={"generation_time": 0})
    assert (await account.generate()).status == 200


@scene(generation_seconds={"dall-e": 0})
async def another_engine_takes_the_time_of_the_server(app: ASGIApp, account: Account) -> None:
    running = await account.start_generating()
    await account.clock(advance=1.999)
    assert not running.done()
    await account.clock(advance=0.001)
    assert (await running).status == 200


@scene(lock_taken="request", lock_release="expiry", refusal_order=FAMILY_ORDER)
async def a_refused_request_leaves_the_lock(app: ASGIApp, account: Account) -> None:
    assert (await account.generate(0)).status == 422
    assert (await account.get("check-availability")).status == 409
    assert [(await account.generate(count)).status for count in (0, 1)] == [409, 409]
    await account.clock(advance_to="lock-expiry", offset_ms=-1)
    assert (await account.generate()).status == 409
    await account.clock(advance_to="lock-expiry")
    await account.control("PATCH", body={"credits": 0})
    assert [(await account.generate()).status for _ in range(2)] == [419, 409]


@scene(lock_taken="request", lock_release="expiry", refusal_order=["invalid", "daily-limit", "locked", "no-credits"])
async def a_refusal_that_precedes_that_of_the_lock_leaves_none(app: ASGIApp, account: Account) -> None:
    await account.control("PATCH", body={"daily_limit": 0})
    assert [(await account.generate(count)).status for count in (0, 1)] == [422, 429]
    assert (await account.get("check-availability")).status == 200
    await account.control("PATCH", body={"daily_limit": 9, "credits": 0})
    assert [(await account.generate(count)).status for count in (1, 0, 1)] == [419, 422, 409]


@scene(lock_taken="request", lock_release="completion", refusal_order=FAMILY_ORDER)
async def a_refused_request_frees_the_lock_at_once(app: ASGIApp, account: Account) -> None:
    assert [(await account.generate(0)).status for _ in range(2)] == [422, 422]
    assert (await account.get("check-availability")).status == 200


@scene(lock_taken="generation", lock_release="expiry", refusal_order=FAMILY_ORDER)
async def a_refused_request_takes_no_lock(app: ASGIApp, account: Account) -> None:
    assert [(await account.generate(0)).status for _ in range(2)] == [422, 422]


@scene(lock_taken="request", lock_release="expiry", lock_scope="global", refusal_order=FAMILY_ORDER)
async def a_refused_request_leaves_the_lock_of_all_accounts(app: ASGIApp, account: Account) -> None:
    other = Account(app, "other")
    await other.control("PUT", body={"credits": 0})
    for refused, count, status in ((account, 0, 422), (other, 1, 419)):
        assert (await refused.generate(count)).status == status
        assert [(await each.generate()).status for each in (account, other)] == [409, 409]
        await account.clock(advance_to="lock-expiry")
    assert (await other.get("check-availability")).status == 200
