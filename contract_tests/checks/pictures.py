"""Judging the images of a reply: how many, made from what, and whether the pictures are there."""

import io
import warnings
from typing import Any

from PIL import Image

from contract_tests.client.api import Api, Fields, asked
from contract_tests.client.call import Reply, Upload
from contract_tests.errors import NoReplyError
from contract_tests.oracle.engines import engine_of, prompt_of
from contract_tests.runner.events import Verdict

_LARGEST_PICTURE = 64_000_000
_SOURCE_SIZE = (512, 512)


def judge_images(verdict: Verdict, fields: Fields, images: list[dict[str, Any]], reply: Reply) -> None:
    """IMG-COUNT and IMG-INPUT."""
    wanted = asked(fields)
    ids = {str(image.get("id")) for image in images}
    verdict.expect(
        "IMG-COUNT",
        len(images) == wanted and len(ids) == wanted,
        expected=f"{wanted} images, each with an id of its own",
        received=f"{len(images)} images with {len(ids)} ids",
        by=reply,
    )
    prompt = prompt_of(fields)
    for image in images:
        verdict.expect(
            "IMG-INPUT",
            image.get("input") == prompt,
            expected=repr(prompt),
            received=repr(image.get("input")),
            by=reply,
        )


def judge_pictures(verdict: Verdict, api: Api, fields: Fields, images: list[dict[str, Any]], reply: Reply) -> bytes:
    """IMG-GET and, where the size of the picture is the one asked for, IMG-SIZE; returns the last picture."""
    engine = engine_of(fields)
    wanted = engine.size(fields) if engine else None
    content = b""
    for image in images:
        fetched, (width, height) = expect_picture(verdict, api, image, reply)
        if wanted:
            got = f"{width}x{height}"
            verdict.expect("IMG-SIZE", got == wanted, expected=f"a picture of {wanted}", received=got, by=fetched)
        content = fetched.content
    return content


def expect_picture(verdict: Verdict, api: Api, image: dict[str, Any], reply: Reply) -> tuple[Reply, tuple[int, int]]:
    """IMG-GET; returns what was fetched, with its width and height. reply: the one that named the image."""
    fetched = _fetched(verdict, api, image, reply)
    size = picture_size(fetched.content) if fetched.status == 200 else None
    shown = size is not None and not fetched.headers.get("content-type", "").startswith("text/")
    verdict.require("IMG-GET", shown, expected="a picture at output", received=_what(fetched), by=(reply, fetched))
    return fetched, size or (0, 0)


def _fetched(verdict: Verdict, api: Api, image: dict[str, Any], reply: Reply) -> Reply:
    """The reply at an image's output; an address at which nobody listens is no picture."""
    try:
        return api.picture(str(image.get("output")))
    except NoReplyError as error:
        if not error.sent:
            verdict.require("IMG-GET", False, expected="a picture at output", received=str(error), by=reply)
        raise


def as_source(content: bytes) -> Upload:
    """A picture as an upload to work from: no larger than it needs to be, whatever the service has made."""
    small = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        copy = picture.convert("RGB")
    copy.thumbnail(_SOURCE_SIZE)
    copy.save(small, "JPEG", quality=80)
    return "hero.jpg", small.getvalue(), "image/jpeg"


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of an image file, or None where the bytes are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content)) as picture:
                width, height = picture.size
                if width * height <= _LARGEST_PICTURE:
                    picture.load()
                return width, height
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None


def _what(reply: Reply) -> str:
    return f"{reply.status}, {len(reply.content)} bytes of {reply.headers.get('content-type', 'no content type')}"
