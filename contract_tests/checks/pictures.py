"""Checks of the images in a reply: their number, their prompts, and whether the pictures can be fetched."""

import io
import warnings
from collections.abc import Mapping
from typing import Any

from PIL import Image

from contract_tests.client.api import Api
from contract_tests.client.call import Reply, Upload
from contract_tests.client.made import images_of
from contract_tests.errors import InconclusiveError, NoReplyError
from contract_tests.oracle.engines import Fields, engine_of, modifiers_of, prompt_of
from contract_tests.oracle.facts import counted
from contract_tests.oracle.images import SAME, common_part, contradiction, shared_addresses
from contract_tests.oracle.replies import images_requested
from contract_tests.runner.verdict import Verdict

_MAX_CHARACTERS = 200
_MAX_PIXELS = 64_000_000
_SVG = "image/svg+xml"
# Storage providers give the last two to a file of which they know no type.
_GENERAL_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_SOURCE_SIZE = (512, 512)
_REMOTE = ("s3", "r2")


def judge_images(verdict: Verdict, fields: Fields, images: list[dict[str, Any]], reply: Reply) -> None:
    """Check IMG-COUNT and IMG-INPUT."""
    wanted = images_requested(fields)
    ids = {str(image.get("id")) for image in images}
    verdict.expect(
        "IMG-COUNT",
        len(images) == wanted and len(ids) == wanted,
        expected="as many images as requested, each with an id of its own",
        received="another number" if len(images) != wanted else "ids that are the same",
        example=f"for example {len(images)} images with {len(ids)} ids for {counted(wanted, 'image')}",
        by=reply,
    )
    prompt, modified = prompt_of(fields), modifiers_of(fields)
    for image in images:
        shown = image.get("input")
        # A service may append the modifiers to the prompt.
        verdict.expect(
            "IMG-INPUT",
            shown == prompt or bool(modified and isinstance(shown, str) and shown.startswith(prompt)),
            expected=f"the prompt as input{', perhaps with its modifiers' if modified else ''}",
            received="another value",
            example=f"for example {_short(shown)} for {_short(prompt)}",
            by=reply,
        )


def expect_same(verdict: Verdict, made: Mapping[str, Any], listed: Mapping[str, Any] | None, *by: Reply) -> None:
    """Check that an image is among the recent ones as it was in the reply to its generation."""
    wrong = contradiction(made, listed)
    example = (
        f"for example {_short(common_part(listed) if listed else listed)} for {_short(dict(made))}" if wrong else ""
    )
    verdict.expect("RECENT-SAME", not wrong, expected=SAME, received=wrong or "it", example=example, by=by)


def judge_storage(verdict: Verdict, reply: Reply) -> None:
    """Check that `image_storage` is known, and that `output` has the form that goes with it: IMG-STORAGE."""
    storage = reply.json().get("image_storage")
    verdict.expect(
        "IMG-STORAGE",
        storage in ("public", *_REMOTE),
        expected="image_storage is public, s3 or r2",
        received=repr(storage),
        by=reply,
    )
    for image in images_of(reply):
        is_url = str(image.get("output")).startswith(("https://", "http://"))
        verdict.expect(
            "IMG-STORAGE",
            is_url == (storage in _REMOTE),
            expected="a full URL" if storage in _REMOTE else "a path on the API's host",
            received=repr(image.get("output")),
            by=reply,
        )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"


def judge_pictures(verdict: Verdict, api: Api, fields: Fields, images: list[dict[str, Any]], reply: Reply) -> bytes:
    """Check IMG-GET and, if a size was requested, IMG-SIZE; return the last picture."""
    engine = engine_of(fields)
    wanted = engine.size(fields) if engine else None
    if len(images) > 1 and not (engine and engine.queues):
        expect_own_addresses(verdict, images, reply)
    content = b""
    for image in images:
        fetched, (width, height) = expect_picture(verdict, api, image, reply)
        # A drawing has no size of its own.
        if wanted and width:
            got = f"{width}x{height}"
            verdict.expect("IMG-SIZE", got == wanted, expected=f"a picture of {wanted}", received=got, by=fetched)
        content = fetched.content
    return content


def expect_picture(verdict: Verdict, api: Api, image: dict[str, Any], reply: Reply) -> tuple[Reply, tuple[int, int]]:
    """Check IMG-GET; return what was fetched, with width and height. reply: the one that contains the image."""
    fetched = _fetched(verdict, api, image, reply)
    shown = shows_picture(fetched)
    received = _what(fetched) + api.pictures.place_hint(fetched)
    verdict.require("IMG-GET", shown, expected="a picture at output", received=received, by=(reply, fetched))
    return fetched, picture_size(fetched.content) or (0, 0)


def expect_own_addresses(verdict: Verdict, images: list[dict[str, Any]], reply: Reply) -> None:
    """Check that no two of these images lead to the same picture; those that may be queued share a placeholder."""
    shared = shared_addresses(images)
    verdict.expect(
        "IMG-GET",
        not shared,
        expected="a picture for each image, at an address of its own",
        received="one address for several images" if shared else "it",
        example=f"for example {_short(next(iter(shared)))} for {len(next(iter(shared.values())))} images"
        if shared
        else "",
        by=reply,
    )


def shows_picture(fetched: Reply) -> bool:
    """Return whether a browser shows the reply, be it the drawing that stands for a queued picture [QUEUED]."""
    kind = fetched.headers.get("content-type", "").partition(";")[0].strip().lower()
    # A missing or general type does not keep a browser from showing a picture, that of something else does.
    if fetched.status != 200 or not (kind.startswith("image/") or kind in _GENERAL_TYPES):
        return False
    return picture_size(fetched.content) is not None or (kind == _SVG and b"<svg" in fetched.content)


def _fetched(verdict: Verdict, api: Api, image: dict[str, Any], reply: Reply) -> Reply:
    """Return the reply at an image's output; a refused connection violates IMG-GET."""
    try:
        return api.pictures.fetch(str(image.get("output")))
    except NoReplyError as error:
        # A timeout may be due to the network; where no connection is made, there is no picture.
        if not error.sent:
            api.check()  # raises NoReplyError if the whole service is gone
            verdict.require("IMG-GET", False, expected="a picture at output", received=str(error), by=reply)
        raise


def as_source(content: bytes) -> Upload:
    """Return a picture as a small upload, whatever size the service made."""
    if picture_size(content) is None:
        raise InconclusiveError("the picture has no pixels that could be uploaded")
    small = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        copy = picture.convert("RGB")
    copy.thumbnail(_SOURCE_SIZE)
    copy.save(small, "JPEG", quality=80)
    return "hero.jpg", small.getvalue(), "image/jpeg"


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Return width and height of an image file, or None if the bytes are not an image."""
    with warnings.catch_warnings():
        # Pillow warns of a large picture, which is not a finding.
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(content)) as picture:
                width, height = picture.size
                # Only this reads the pixels: a file that ends half-way opens, too. A huge one would fill the memory.
                if width * height <= _MAX_PIXELS:
                    picture.load()
                return width, height
        # Pillow raises SyntaxError for a broken PNG.
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None


def _what(reply: Reply) -> str:
    return f"{reply.status}, {len(reply.content)} bytes of {reply.headers.get('content-type', 'no content type')}"
