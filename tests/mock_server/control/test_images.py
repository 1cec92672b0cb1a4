"""Images, listed and looked at through the control API."""

import io
from typing import Any

from PIL import Image

from support.control import ask, begin, told
from support.mock import Mock, Start, behaviour, settings

IMAGES = "/worlds/demo/images"


def images(mock: Mock, token: str = "demo") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(mock, "GET", f"/worlds/{token}/images")["images"]
    return found


def test_an_image_is_told_with_what_it_was_made_from(mock: Mock) -> None:
    reply = mock.generate(description="A fox", size="512x512")
    (image,) = reply.json()["images"]
    assert told(mock, "GET", IMAGES) == {
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


def test_images_come_newest_first(mock: Mock) -> None:
    for prompt in ("one", "two", "three"):
        mock.generate(description=prompt)
    assert [each["prompt"] for each in images(mock)] == ["three", "two", "one"]


def test_an_image_costs_what_the_behaviour_says(start: Start) -> None:
    mock = start(settings(behaves=behaviour(credits_per_image=3)))
    mock.generate()
    assert images(mock)[0]["credits"] == 3


def test_a_picture_looks_as_the_client_sees_it_and_nobody_notices(mock: Mock) -> None:
    (image,) = mock.generate().json()["images"]
    told(mock, "PUT", "/worlds/demo/faults", [{"fault": "picture-missing", "times": 1}])
    reply = ask(mock, "GET", f"{IMAGES}/{image['title']}")
    assert reply.headers["content-type"] == "image/png"
    assert Image.open(io.BytesIO(reply.content)).size == (256, 256)
    assert told(mock, "GET", "/requests")["total"] == 1
    assert told(mock, "GET", "/worlds/demo/faults")[0]["seen"] == 0
    told(mock, "DELETE", "/worlds/demo/faults")
    assert mock.call("GET", f"/{image['output']}", None).content == reply.content


def test_a_picture_is_one_of_its_own_world(mock: Mock) -> None:
    (image,) = mock.generate("somebody").json()["images"]
    assert ask(mock, "GET", f"{IMAGES}/{image['title']}").status_code == 404
    assert ask(mock, "GET", f"/worlds/somebody/images/{image['title']}").status_code == 200


def test_there_is_no_picture_of_what_was_never_made(mock: Mock) -> None:
    begin(mock)
    for title in ("fox.png", "%2e%2e%2fworlds", "fox-53f159799d1c91990.png"):
        reply = ask(mock, "GET", f"{IMAGES}/{title}")
        assert reply.status_code == 404
        assert "There is no picture" in reply.json()["message"]
