"""Worlds and their images, shown and changed through the control API."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image

from support.clocks import SteppedClock
from support.control import begin, control_call, control_json
from support.mock import Mock, Start, behaviour, settings

FRESH = {
    "token": "demo",
    "world": "53f159799d1c9199",
    "credits": 100,
    "daily_limit": 50,
    "used_today": 0,
    "lock": None,
    "clock": {"mode": "real", "now": "2026-02-26T10:00:00.000Z"},
    "images": 0,
    "running": 0,
    "generation_time": None,
    "faults": 0,
    "sandbox": False,
    "label": "",
}

IMAGES = "/worlds/demo/images"


def test_a_world_can_be_read_before_its_first_call(mock: Mock) -> None:
    assert mock.world() == FRESH
    assert control_json(mock, "GET", "/health")["worlds"] == 0


@pytest.mark.parametrize(
    ("token", "field", "value"),
    [
        ("demo-empty", "credits", 0),
        ("demo-low", "credits", 2),
        ("demo-limited", "used_today", 50),
        ("demo-almost-limited", "used_today", 49),
        ("demo-busy", "lock", {"until": "forever"}),
        ("demo-slow", "generation_time", 12),
        ("any-other", "credits", 100),
    ],
)
def test_ready_made_worlds(mock: Mock, token: str, field: str, value: Any) -> None:
    assert mock.world(token)[field] == value


def test_a_running_generation_is_shown_with_its_lock(mock: Mock) -> None:
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True})
    begin(mock)
    world = mock.world()
    assert (world["running"], world["images"], world["credits"]) == (1, 0, 100)
    assert world["lock"] == {"until": "2026-02-26T10:00:10.000Z"}


def test_patch_changes_only_the_given_fields(mock: Mock) -> None:
    mock.generate()
    before = mock.world()
    assert control_json(mock, "PATCH", "/worlds/demo", {"credits": 7}) == {**before, "credits": 7}


def test_an_empty_change_changes_nothing(mock: Mock) -> None:
    mock.generate()
    before = mock.world()
    assert control_json(mock, "PATCH", "/worlds/demo", {}) == before
    assert control_json(mock, "PATCH", "/worlds/demo") == before


@pytest.mark.parametrize(
    "change",
    [{"credits": 3}, {"daily_limit": 3}, {"used_today": 3}, {"generation_time": 0.5}, {"generation_time": None}],
)
def test_every_number_can_be_changed(mock: Mock, change: dict[str, Any]) -> None:
    assert control_json(mock, "PATCH", "/worlds/demo", change) == {**FRESH, **change}


def test_the_generation_time_can_be_set(mock: Mock) -> None:
    control_json(mock, "PATCH", "/worlds/demo", {"generation_time": 7})
    mock.generate()
    assert mock.world()["clock"]["now"] == "2026-02-26T10:00:07.000Z"


def test_put_resets_and_then_changes(mock: Mock) -> None:
    mock.generate()
    control_json(mock, "POST", "/worlds/demo/clock", {"freeze": True, "set": "2030-01-01T00:00:00Z"})
    changed = control_json(mock, "PUT", "/worlds/demo", {"daily_limit": 3})
    assert changed == {**FRESH, "daily_limit": 3, "clock": changed["clock"]}
    assert changed["clock"]["mode"] == "real"
    assert control_json(mock, "GET", "/requests?token=demo")["total"] == 0


def test_put_restores_the_listed_account(mock: Mock) -> None:
    control_json(mock, "PATCH", "/worlds/demo-low", {"credits": 50})
    assert control_json(mock, "PUT", "/worlds/demo-low")["credits"] == 2


def test_delete_deletes_the_world(mock: Mock) -> None:
    mock.generate()
    deleted = control_json(mock, "DELETE", "/worlds/demo")
    assert deleted == {**FRESH, "clock": deleted["clock"]}
    assert control_json(mock, "GET", "/health")["worlds"] == 0
    assert control_json(mock, "GET", "/coverage?token=demo")["met"] == 0


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/worlds/demo"), ("PUT", "/worlds/demo"), ("POST", "/reset")])
@pytest.mark.parametrize("clock", [{"freeze": True}, {"set": "2030-01-01T00:00:00Z"}])
def test_a_waiting_request_gets_a_503_when_its_world_is_reset(
    start: Start, method: str, path: str, clock: dict[str, Any]
) -> None:
    mock = start(clock=SteppedClock())
    control_json(mock, "POST", "/worlds/demo/clock", clock)
    task = begin(mock)
    control_json(mock, method, path)
    reply = mock.run(lambda: asyncio.wait_for(task, 5))
    assert (reply.status_code, reply.json()) == (503, {"message": "The world was reset while this generation ran."})


def test_a_lock_can_be_set_and_released(mock: Mock) -> None:
    until = "2026-02-26T10:00:05.000Z"
    assert control_json(mock, "PATCH", "/worlds/demo", {"lock": until})["lock"] == {"until": until}
    assert mock.generate().status_code == 409
    assert control_json(mock, "PATCH", "/worlds/demo", {"lock": "none"})["lock"] is None
    assert mock.generate().status_code == 200


@pytest.mark.parametrize("lock", ["forever", {"until": "forever"}, {"until": None}, {}])
def test_a_lock_without_an_end_is_permanent(mock: Mock, lock: object) -> None:
    assert control_json(mock, "PATCH", "/worlds/demo", {"lock": lock})["lock"] == {"until": "forever"}


@pytest.mark.parametrize("lock", [{"until": "2026-02-26T10:00:05Z"}, "forever", None])
def test_a_lock_is_set_again_as_a_response_shows_it(mock: Mock, lock: object) -> None:
    shown = control_json(mock, "PATCH", "/worlds/demo", {"lock": lock})["lock"]
    assert control_json(mock, "PUT", "/worlds/demo", {"lock": shown})["lock"] == shown


def test_an_expired_lock_is_free(mock: Mock) -> None:
    assert control_json(mock, "PATCH", "/worlds/demo", {"lock": {"until": "2026-02-26T09:59:59Z"}})["lock"] is None


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Input data was truncated"),
        (b"[]", "the body takes an object with credits"),
        (b'{"credits": -1}', "credits takes an integer from 0 to 9007199254740992, not -1"),
        (b'{"credits": "7"}', "credits takes an integer from 0"),
        (b'{"credits": 9007199254740993}', "credits takes an integer from 0 to 9007199254740992"),
        (b'{"credits": 1, "credits": null}', "credits takes an integer from 0"),
        (b'{"generation_time": 86401}', "generation_time takes a number from 0 to 86400 or null"),
        (b'{"generation_time": NaN}', "malformed"),
        (b'{"colour": 1}', "colour: unknown key; known: credits"),
        (
            b'{"credits": 1, "lock": {"until": "soon"}}',
            "Invalid change: lock takes forever, an instant, or none: ",
        ),
        (b'{"lock": {"until": "2026-02-26T10:00:00"}}', "a time zone is missing"),
        (b'{"lock": {"until": "9999-12-31T23:59:59Z"}}', "it is before 1970 or after 8999"),
        (b'{"lock": 3}', "lock takes forever, an instant, none or an object with until or null, not 3"),
    ],
)
def test_an_invalid_change_changes_nothing(mock: Mock, method: str, body: bytes, message: str) -> None:
    mock.generate()
    before = control_json(mock, "GET", "/snapshot")
    reply = control_call(mock, method, "/worlds/demo", content=body)
    assert reply.status_code == 422
    assert message in reply.json()["message"]
    assert control_json(mock, "GET", "/snapshot") == before


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_invalid_token_has_no_world(mock: Mock, method: str) -> None:
    reply = control_call(mock, method, "/worlds/demo-invalid")
    assert reply.status_code == 404
    assert reply.json() == {"message": "The token demo*** is not valid on this mock."}


def test_a_closed_server_has_no_world_for_a_token_that_is_not_listed(start: Start) -> None:
    mock = start(settings(closed=True))
    assert control_call(mock, "GET", "/worlds/demo").status_code == 200
    assert control_call(mock, "GET", "/worlds/any-other").status_code == 404


@pytest.mark.parametrize("token", ["%00", "%0A", "demo%0A", "%20demo", "two%20words", "t%C3%A9st", "%ED%A0%80", "%FF"])
def test_an_impossible_token_is_refused(mock: Mock, token: str) -> None:
    reply = control_call(mock, "PUT", f"/worlds/{token}")
    assert reply.status_code == 422
    assert "use visible ASCII characters without spaces" in reply.json()["message"]
    assert control_json(mock, "GET", "/snapshot")["worlds"] == []


@pytest.mark.parametrize("token", ["a/b", "12|abc+/==", "a%2Fb", "a?b#c", "../x", "clock"])
def test_every_possible_token_names_its_own_world(mock: Mock, token: str) -> None:
    mock.generate(token)
    path = "/worlds/" + "".join(f"%{ord(each):02X}" for each in token)
    world = control_json(mock, "GET", path)
    assert (world["token"], world["credits"]) == (token, 99)
    assert control_json(mock, "GET", f"{path}/clock") == world["clock"]
    control_json(mock, "PUT", f"{path}/faults", [{"fault": "proxy-error"}])
    assert mock.generate(token).status_code == 502
    assert control_json(mock, "PUT", f"{path}/scenario", {"name": "last-credits"})["token"] == token
    assert mock.generate(token, image_number_of_images=3).status_code == 419


def test_an_empty_token_is_not_found(mock: Mock) -> None:
    assert control_call(mock, "DELETE", "/worlds/").status_code == 404
    assert control_call(mock, "GET", "/worlds//clock").status_code == 404


def test_reset_deletes_one_world_or_all(mock: Mock) -> None:
    for token in ("one", "two", "three"):
        mock.generate(token)
    assert control_json(mock, "POST", "/reset", {"token": "two"}) == {"worlds": 2}
    assert mock.world("two")["credits"] == 100
    assert mock.world("one")["credits"] == 99
    assert control_json(mock, "POST", "/reset") == {"worlds": 0}
    assert control_json(mock, "GET", "/requests")["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [({"token": None}, 422), ({"tokn": "demo"}, 422), ({"token": ""}, 422), ({"token": "demo-invalid"}, 404)],
)
def test_an_invalid_reset_resets_nothing(mock: Mock, body: dict[str, Any], status: int) -> None:
    mock.generate()
    assert control_call(mock, "POST", "/reset", json=body).status_code == status
    assert mock.world()["credits"] == 99


def images(mock: Mock, token: str = "demo") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = control_json(mock, "GET", f"/worlds/{token}/images")["images"]
    return found


def test_an_image_is_shown_with_its_request(mock: Mock) -> None:
    reply = mock.generate(description="A fox", size="512x512")
    (image,) = reply.json()["images"]
    assert control_json(mock, "GET", IMAGES) == {
        "images": [
            {
                "id": image["id"],
                "title": image["title"],
                "prompt": "A fox",
                "engine": "dall-e",
                "mode": "text-to-image",
                "width": 512,
                "height": 512,
                "credits": 1,
                "output": image["output"],
                "created_at": "2026-02-26T10:00:01.500Z",
            }
        ],
        "total": 1,
    }


def test_images_are_newest_first(mock: Mock) -> None:
    for prompt in ("one", "two", "three"):
        mock.generate(description=prompt)
    assert [each["prompt"] for each in images(mock)] == ["three", "two", "one"]


def test_an_image_is_shown_with_its_price(start: Start) -> None:
    mock = start(settings(behaves=behaviour(credits_per_image=3)))
    mock.generate()
    assert images(mock)[0]["credits"] == 3


def test_reading_a_picture_of_a_client_is_not_recorded(mock: Mock) -> None:
    (image,) = mock.generate().json()["images"]
    control_json(mock, "PUT", "/worlds/demo/faults", [{"fault": "picture-missing", "times": 1}])
    reply = control_call(mock, "GET", f"{IMAGES}/{image['title']}")
    assert reply.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(reply.content)).size == (256, 256)
    assert control_json(mock, "GET", "/requests")["total"] == 1
    assert control_json(mock, "GET", "/worlds/demo/faults")[0]["seen"] == 0
    control_json(mock, "DELETE", "/worlds/demo/faults")
    assert mock.call("GET", f"/{image['output']}", None).content == reply.content


def test_a_picture_belongs_to_one_world(mock: Mock) -> None:
    (image,) = mock.generate("customer").json()["images"]
    assert control_call(mock, "GET", f"{IMAGES}/{image['title']}").status_code == 404
    assert control_call(mock, "GET", f"/worlds/customer/images/{image['title']}").status_code == 200


def test_an_unknown_picture_is_not_found(mock: Mock) -> None:
    begin(mock)
    for title in ("fox.png", "%2e%2e%2fworlds", "fox-53f159799d1c91990.png"):
        reply = control_call(mock, "GET", f"{IMAGES}/{title}")
        assert reply.status_code == 404
        assert "not found in this world" in reply.json()["message"]


def test_a_thumbnail_is_a_small_jpeg(mock: Mock) -> None:
    (made,) = mock.generate("demo", size="512x512").json()["images"]
    whole = control_call(mock, "GET", f"/worlds/demo/images/{made['title']}")
    small = control_call(mock, "GET", f"/worlds/demo/images/{made['title']}?width=160")
    assert small.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(small.content)).size == (160, 160)
    assert len(small.content) < len(whole.content) / 4
    for width in ("0", "15", "513", "x", "1e2"):
        refused = control_call(mock, "GET", f"/worlds/demo/images/{made['title']}?width={width}")
        assert (refused.status_code, "from 16 to 512" in refused.json()["message"]) == (422, True)
