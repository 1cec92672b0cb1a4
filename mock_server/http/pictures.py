"""Pictures: GET /uploads/{title}. A picture is rendered in a thread on its first fetch, then cached.

They are answered as by a web server that has them as files: conditional requests and ranges included.
"""

import hashlib
from functools import partial
from typing import NamedTuple

from mock_server import __version__, pictures
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import PLACEHOLDER, PNG, Image
from mock_server.faults.transmission import Transmission, empty, whole
from mock_server.service import Service
from mock_server.stores.protocol import Shelf

from .conditions import Version, precondition, requested_range
from .context import RequestContext
from .fairness import FairLimiter, run_in_thread
from .replies import Reply, error

_METHODS = ("GET", "HEAD")
# The drawing that stands for the picture of a queued image. [QUEUED]
_DRAWING = b"""\
<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512">
<rect width="512" height="512" fill="#e5e7eb"/>
<text x="256" y="264" font-family="sans-serif" font-size="28" text-anchor="middle" fill="#4b5563">In the queue</text>
</svg>
"""
_MAX_RENDERERS = 3


class Pictures:
    """Answers the requests for pictures: those whose titles a world keeps, and no others."""

    def __init__(self, service: Service, rendered: Shelf[bytes]) -> None:
        self._service = service
        self._rendered = rendered
        self._renderers = FairLimiter(_MAX_RENDERERS, _MAX_RENDERERS - 1)

    def operation_id(self, method: str) -> str | None:
        """Return "getPicture", or None for a method that fetches none."""
        return PICTURE if method in _METHODS else None

    async def prepare(self, context: RequestContext) -> None:
        """Find the world that the picture is from: a fetch needs no token."""
        context.picture = context.scope["path_params"]["title"][:200]
        found = await self._service.image(_pictured(context.picture))
        context.caller = found.owner if found else None

    async def respond(self, context: RequestContext) -> Reply | Transmission:
        """Return the picture as PNG, or what a conditional request or a range gets of it."""
        if context.operation is None:
            allow, path = ", ".join(_METHODS), context.path
            return error("wrong-method", {"Allow": allow}, method=context.method, path=path, allow=allow)
        title = context.picture or ""
        if title.endswith(PLACEHOLDER):
            found = await self._service.image(_pictured(title))
            drawn = found is not None and found.image.queued
            return whole(200, _DRAWING, "image/svg+xml") if drawn else error("no-picture", path=context.path)
        kept = await self._kept(title)
        if kept is None:
            return error("no-picture", path=context.path)
        # RFC 9110, 8.8.2.1: it never lies in the future; the clock of a world may.
        version = Version(self._key(kept.image), min(kept.image.ready, context.received))
        if status := precondition(context.headers, version):
            return empty(status, version.headers)
        return _sent(await self._rendering(kept), context, version)

    async def picture(self, title: str, width: int | None = None) -> bytes | None:
        """Return the PNG of an image, or a JPEG of at most that width; None if no world keeps that image, or its source
        was evicted.
        """
        kept = await self._kept(title)
        if kept is None:
            return None
        return await (self._rendering(kept) if width is None else self._thumbnail(kept, width))

    async def _thumbnail(self, kept: "_Kept", width: int) -> bytes:
        key = f"{self._key(kept.image)}/{width}"
        made = await self._rendered.get(key)
        if made is None:
            picture = await self._rendering(kept)
            async with self._renderers.place(kept.owner):
                made = await run_in_thread(partial(pictures.thumbnail, width=width), picture)
                await self._rendered.put(key, made)
        return made

    async def _kept(self, title: str) -> "_Kept | None":
        found = await self._service.image(title)
        if found is None or not found.ready:
            return None
        image = found.image
        source = await self._service.sources.get(image.source) if image.source else None
        return None if image.source and source is None else _Kept(image, source, found.owner.world)

    async def _rendering(self, kept: "_Kept") -> bytes:
        key = self._key(kept.image)
        rendered = await self._rendered.get(key)
        if rendered is None:
            async with self._renderers.place(kept.owner):
                rendered = await self._rendered.get(key)
                if rendered is None:  # no other request has rendered it meanwhile
                    description = self._description(kept.image, kept.source)
                    rendered = await run_in_thread(self._render, description)
                    await self._rendered.put(key, rendered)
        return rendered

    def _render(self, description: pictures.Picture) -> bytes:
        behaviour = self._service.behaviour
        return pictures.render(description, behaviour.max_pixels, behaviour.decode_seconds)

    def _description(self, image: Image, source: bytes | None) -> pictures.Picture:
        return pictures.Picture(
            engine=image.engine,
            prompt=image.prompt,
            size=(image.width, image.height),
            id=image.id,
            seed=self._service.seed,
            source=source,
            mode=image.mode,
        )

    def _key(self, image: Image) -> str:
        """Return a key that two images share only if they look the same."""
        # Not the title: after a reset a world uses its titles again.
        look = f"{image.engine}/{image.prompt}/{image.width}x{image.height}/{image.id}/{image.source}/{image.mode}"
        return hashlib.blake2b(f"{__version__}/{self._service.seed}/{look}".encode(), digest_size=16).hexdigest()


def _pictured(title: str) -> str:
    """Return the title of the image that a placeholder stands for, or the title as it is."""
    return f"{title.removesuffix(PLACEHOLDER)}{PNG}" if title.endswith(PLACEHOLDER) else title


class _Kept(NamedTuple):
    """An image that a world keeps, the bytes of its source, and the name of the world."""

    image: Image
    source: bytes | None
    owner: str


def _sent(picture: bytes, context: RequestContext, version: Version) -> Reply | Transmission:
    headers = {**version.headers, "accept-ranges": "bytes"}
    asked = requested_range(context.headers, version, len(picture)) if context.method == "GET" else None
    if asked is None:
        return whole(200, picture, "image/png", headers)
    if not asked:
        return error("no-range", {"Content-Range": f"bytes */{len(picture)}"}, length=len(picture))
    headers["content-range"] = f"bytes {asked.start}-{asked.stop - 1}/{len(picture)}"
    return whole(206, picture[asked.start : asked.stop], "image/png", headers)
