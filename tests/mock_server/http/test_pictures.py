"""Fetching pictures."""

import asyncio
import io
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image

from mock_server import pictures
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

GENERATE = f"{PREFIX}/generate-image"


def png(size: tuple[int, int], halves: tuple[str, str] = ("black", "white")) -> bytes:
    """Return a picture with a left and a right half."""
    image = Image.new("RGB", size, halves[0])
    image.paste(Image.new("RGB", (size[0] // 2, size[1]), halves[1]), (size[0] // 2, 0))
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def from_image(mock: Mock, kind: str, source: bytes, **fields: Any) -> str:
    form = {
        "image_generator": "stablediffusion",
        "stable_description": "Finer",
        "type": kind,
        "image_resolution": "320x240",
        "image_number_of_images": "1",
        **fields,
    }
    parts = {name: (None, value) for name, value in form.items()}
    reply = mock.call("POST", GENERATE, files={**parts, "image_src": ("source.png", source)})
    assert reply.status_code == 200, reply.text
    output: str = reply.json()["images"][0]["output"]
    return output


def picture(mock: Mock, output: str) -> Image.Image:
    reply = mock.call("GET", f"/{output}", None)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "image/png")
    image = Image.open(io.BytesIO(reply.content))
    image.load()
    return image


@pytest.mark.parametrize("size", ["256x256", "512x512", "1024x1024", "1792x1024", "1024x1792"])
def test_a_picture_has_the_requested_size(mock: Mock, size: str) -> None:
    output = mock.generate(size=size).json()["images"][0]["output"]
    image = picture(mock, output)
    assert f"{image.width}x{image.height}" == size
    assert image.info["prompt"] == DALL_E["description"]


def test_each_image_has_its_own_picture(mock: Mock) -> None:
    outputs = [image["output"] for image in mock.generate(image_number_of_images=3).json()["images"]]
    assert len({picture(mock, output).tobytes() for output in outputs}) == 3


def test_a_picture_is_reproducible_with_the_same_seed(mock: Mock, start: Start) -> None:
    other = start()
    outputs = [each.generate().json()["images"][0]["output"] for each in (mock, other)]
    assert outputs[0] == outputs[1]
    fetched = [each.call("GET", f"/{outputs[0]}", None).content for each in (mock, mock, other)]
    assert len(set(fetched)) == 1


def test_image_to_image_shows_the_source_at_the_requested_resolution(mock: Mock) -> None:
    image = picture(mock, from_image(mock, "image-to-image", png((64, 48)))).convert("L")
    assert image.size == (320, 240)
    left, right = (image.crop((x, 0, x + 100, 100)).resize((1, 1)).getpixel((0, 0)) for x in (0, 220))
    assert right > left + 60  # type: ignore[operator]


def test_upscale_doubles_the_source(mock: Mock) -> None:
    image = picture(mock, from_image(mock, "upscale", png((150, 100)))).convert("L")
    assert image.size == (300, 200)
    assert image.getpixel((10, 10)) == 0
    assert image.getpixel((290, 10)) == 255


@pytest.mark.parametrize("source", [b"", b"not an image", png((40, 40))[:80], b"%PDF-1.4"])
def test_a_source_that_is_not_an_image_is_422_and_costs_nothing(mock: Mock, source: bytes) -> None:
    parts = {
        "image_generator": (None, "stablediffusion"),
        "stable_description": (None, "Finer"),
        "type": (None, "upscale"),
        "image_resolution": (None, "320x240"),
        "image_number_of_images": (None, "1"),
        "image_src": ("source.png", source),
    }
    reply = mock.call("POST", GENERATE, files=parts)
    assert reply.status_code == 422
    assert list(reply.json()["errors"]) == ["image_src"]
    assert mock.world()["credits"] == 100


def test_a_source_too_large_to_be_doubled_is_422(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_pixels=20_000)))
    parts = {
        "image_generator": (None, "stablediffusion"),
        "stable_description": (None, "Finer"),
        "type": (None, "upscale"),
    }
    more = {"image_resolution": (None, "32x24"), "image_number_of_images": (None, "1")}
    reply = mock.call("POST", GENERATE, files={**parts, **more, "image_src": ("a.png", png((100, 100)))})
    assert reply.json()["errors"] == {"image_src": ["The image src field asks for 200x200, more than 20000 pixels."]}


@pytest.mark.parametrize("path", ["//{}", "/uploads//{title}", "/x/%2e%2e/{}", "/%2e/{}", "/%2e%2e/{}", "/{}?v=1"])
def test_a_picture_is_found_as_a_file_by_a_web_server(mock: Mock, path: str) -> None:
    output = mock.generate().json()["images"][0]["output"]
    path = path.format(output, title=output.removeprefix("uploads/"))
    fetched = mock.call("GET", f"http://127.0.0.1{path}", None)  # nginx and Apache merge slashes, and resolve dots
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "image/png")
    entry = mock.call("GET", "/_mock/requests", None).json()["requests"][0]
    assert (entry["operation"], entry["path"]) == ("getPicture", unquote(path.partition("?")[0]))


@pytest.mark.parametrize(
    "path", ["/{}/", "/uploads/x/{title}", "/uploads/", "//uploads", "/x/y/%2e%2e/{}", "//_mock/health"]
)
def test_a_file_elsewhere_is_unknown(mock: Mock, path: str) -> None:
    output = mock.generate().json()["images"][0]["output"]
    path = path.format(output, title=output.removeprefix("uploads/"))
    assert mock.call("GET", f"http://127.0.0.1{path}", None).status_code == 404


@pytest.mark.parametrize("title", ["nothing.png", "..%2f..%2fetc%2fpasswd", "%00", "a" * 5000, "<script>"])
def test_an_unknown_picture_is_404_in_json(mock: Mock, title: str) -> None:
    reply = mock.call("GET", f"/uploads/{title}", None)
    assert reply.status_code == 404
    assert reply.json().keys() == {"message"}


def test_a_method_other_than_get_and_head_is_405(mock: Mock) -> None:
    output = mock.generate().json()["images"][0]["output"]
    assert mock.call("HEAD", f"/{output}", None).status_code == 200
    reply = mock.call("DELETE", f"/{output}", None)
    assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")


def test_a_picture_that_cannot_be_rendered_is_500_in_json(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(picture: object) -> bytes:
        raise RuntimeError("secret inside")

    monkeypatch.setattr(pictures, "render", broken)
    output = mock.generate().json()["images"][0]["output"]
    reply = mock.call("GET", f"/{output}", None)
    assert (reply.status_code, reply.json()) == (500, {"message": "The mock failed. Its log has the details."})


def test_many_fetches_at_once_get_the_same_picture(mock: Mock) -> None:
    output = mock.generate().json()["images"][0]["output"]

    async def fetch_all() -> set[bytes]:
        replies = await asyncio.gather(*(mock.acall("GET", f"/{output}", None) for _ in range(50)))
        return {reply.content for reply in replies}

    assert len(mock.run(fetch_all)) == 1
