"""Rendering of a picture to a PNG."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

from mock_server.pictures import Picture, UnreadableImage
from mock_server.pictures.rendering import colour_of, landscape, render
from support.examples import examples

if TYPE_CHECKING:
    from collections.abc import Callable

    Likeness = Callable[[Image.Image, Image.Image], float]

FOX = Picture("dall-e", "a fox", (128, 128), id=1, seed=7)
SIDE = st.integers(1, 300)
PROMPT = st.text(st.characters(), max_size=80)
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


def decoded(picture: Picture) -> PngImageFile:
    image = Image.open(io.BytesIO(render(picture)), formats=["PNG"])
    assert isinstance(image, PngImageFile)
    image.load()
    return image


@settings(max_examples=examples(60), deadline=None)
@given(PROMPT, st.tuples(SIDE, SIDE), st.text(max_size=20), st.integers(), st.integers())
def test_any_picture_is_a_png_of_exactly_its_size(
    prompt: str, size: tuple[int, int], engine: str, number: int, seed: int
) -> None:
    image = decoded(Picture(engine, prompt, size, number, seed))
    assert (image.size, image.mode) == (size, "RGB")
    assert (image.text["size"], image.text["id"]) == (f"{size[0]}x{size[1]}", str(number))


@settings(max_examples=examples(30), deadline=None)
@given(size=st.tuples(SIDE, SIDE), source=st.tuples(SIDE, SIDE), mode=st.sampled_from(["image-to-image", "upscale"]))
@example(size=(25, 3), source=(7, 7), mode="image-to-image")
def test_any_source_fills_any_size(
    size: tuple[int, int], source: tuple[int, int], mode: str, encode: Callable[..., bytes]
) -> None:
    upload = encode(Image.new("RGB", source, "teal"))
    assert decoded(replace(FOX, size=size, source=upload, mode=mode)).size == size


@pytest.mark.parametrize("size", [(1, 1), (1, 4096), (4096, 1), (4096, 4096), (1792, 1024)])
def test_extreme_sizes(size: tuple[int, int]) -> None:
    assert decoded(replace(FOX, size=size)).size == size


@pytest.mark.parametrize(
    "prompt", ["\ud800", "\0\x1b[0m", "\u5915\u66ae \U0001f408\u200d\u2b1b", "word " * 800, "", "x" * 9000]
)
def test_awkward_prompts(prompt: str) -> None:
    assert decoded(replace(FOX, prompt=prompt)).size == FOX.size


@given(PROMPT)
@settings(max_examples=examples(20), deadline=None)
def test_the_file_contains_prompt_and_engine(prompt: str) -> None:
    text = decoded(replace(FOX, prompt=prompt, size=(8, 8))).text
    assert text["prompt"] == prompt.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    assert text["engine"] == "dall-e"


@pytest.mark.parametrize("mode", ["text-to-image", "multi-prompt", "image-to-image", "upscale"])
def test_equal_pictures_have_equal_bytes(mode: str, house: Image.Image, encode: Callable[..., bytes]) -> None:
    source = encode(house) if mode in {"image-to-image", "upscale"} else None
    picture = replace(FOX, mode=mode, source=source)
    assert render(picture) == render(replace(picture))


def test_prompt_engine_seed_and_id_each_change_the_pixels() -> None:
    others = [replace(FOX, prompt="a cat"), replace(FOX, engine="other"), replace(FOX, seed=8), replace(FOX, id=2)]
    assert len({decoded(picture).tobytes() for picture in [FOX, *others]}) == 5


@pytest.mark.parametrize(("mode", "least"), [("image-to-image", 0.8), ("upscale", 0.97)])
def test_the_source_is_recognisable(
    mode: str, least: float, house: Image.Image, stripes: Image.Image, encode: Callable[..., bytes], likeness: Likeness
) -> None:
    result = decoded(replace(FOX, size=(512, 512), source=encode(house), mode=mode))
    assert likeness(result, house) > least
    assert likeness(result, stripes) < 0.4


@pytest.mark.parametrize("number", range(8))
def test_the_source_is_recognisable_in_every_hue(
    number: int, house: Image.Image, encode: Callable[..., bytes], likeness: Likeness
) -> None:
    picture = replace(FOX, size=(256, 256), source=encode(house), mode="image-to-image", id=number)
    assert likeness(decoded(picture), house) > 0.8


@pytest.mark.parametrize("mode", MODES)
def test_the_source_is_recognisable_in_every_pixel_format(
    mode: str, house: Image.Image, encode: Callable[..., bytes], likeness: Likeness
) -> None:
    source = (
        house.convert("I").point(lambda level: level * 257).convert(mode) if mode == "I;16" else house.convert(mode)
    )
    picture = replace(FOX, size=(256, 256), source=encode(source), mode="upscale")
    assert likeness(decoded(picture), house) > 0.8


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("WEBP", "RGBA"), ("GIF", "P"), ("BMP", "1")]
)
def test_the_source_is_recognisable_in_every_file_format(
    kind: str, mode: str, house: Image.Image, encode: Callable[..., bytes], likeness: Likeness
) -> None:
    picture = replace(FOX, size=(256, 256), source=encode(house.convert(mode), kind), mode="upscale")
    assert likeness(decoded(picture), house) > 0.8


def test_the_middle_of_a_wide_source_is_kept(
    house: Image.Image, encode: Callable[..., bytes], likeness: Likeness
) -> None:
    wide = Image.new("RGB", (480, 160), "white")
    wide.paste(house, (160, 0))
    picture = replace(FOX, size=(256, 256), source=encode(wide), mode="image-to-image")
    assert likeness(decoded(picture), house) > 0.8


@pytest.mark.parametrize("mode", ["image-to-image", "upscale"])
def test_the_text_of_a_variation_is_not_painted_over_that_of_its_source(mode: str) -> None:
    made = replace(FOX, prompt="A lighthouse in a storm " * 12, size=(512, 512))
    sources = [render(made), render(replace(made, prompt="Boats " * 60, id=2))]
    one, other = (decoded(replace(FOX, size=(512, 512), source=each, mode=mode)) for each in sources)
    whole = Image.open(io.BytesIO(sources[0]))
    if mode == "upscale":  # the lower part is the source, text included
        assert one.crop((0, 300, 512, 512)).tobytes() == whole.crop((0, 300, 512, 512)).tobytes()
    text = (40, 40, 400, 60) if mode == "image-to-image" else (20, 18, 60, 24)
    assert one.crop(text).tobytes() == other.crop(text).tobytes()
    twice = decoded(
        replace(FOX, size=(512, 512), source=render(replace(made, source=sources[0], mode=mode)), mode=mode)
    )
    assert twice.crop(text).tobytes() == one.crop(text).tobytes()  # nothing of the first variation shines through


def test_a_source_that_is_not_an_image_is_refused() -> None:
    with pytest.raises(UnreadableImage):
        render(replace(FOX, source=b"text", mode="upscale"))


@pytest.mark.parametrize("size", [(1, 1), (1, 700), (700, 1), (3000, 2), (64, 64), (640, 480)])
def test_the_landscape_has_the_size_of_the_picture(size: tuple[int, int]) -> None:
    assert landscape(Picture("dall-e", "a fox", size, id=1, seed=7)).size == size


def test_successive_ids_differ_in_more_than_the_sky() -> None:
    first, second = (landscape(Picture("dall-e", "a fox", (64, 64), id=number, seed=7)) for number in (1, 2))
    pairs = zip(first.tobytes(), second.tobytes(), strict=True)
    assert sum(abs(one - other) for one, other in pairs) / (64 * 64 * 3) > 12


def test_the_sky_is_lighter_than_the_ground(likeness: Callable[[Image.Image, Image.Image], float]) -> None:
    first, second = (landscape(Picture("dall-e", prompt, (64, 64), id=1, seed=7)) for prompt in ("a fox", "a cat"))
    assert likeness(first, second) > 0.5


def test_hues_wrap_around() -> None:
    assert colour_of(0, 0.5, 1) == colour_of(1, 0.5, 1) == colour_of(-1, 0.5, 1) == (255, 0, 0)
