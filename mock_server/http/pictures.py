"""Pictures: GET /uploads/{title}. A picture is rendered in a thread on its first fetch, then cached."""

import hashlib

from mock_server import pictures
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import Image
from mock_server.faults.transmission import Transmission, whole
from mock_server.service import Service
from mock_server.stores.protocol import Shelf

from .context import RequestContext
from .fairness import FairLimiter, run_in_thread
from .replies import Reply, error

_METHODS = ("GET", "HEAD")
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
        found = await self._service.image(context.picture)
        context.caller = found[0] if found else None

    async def respond(self, context: RequestContext) -> Reply | Transmission:
        """Return the picture as PNG."""
        if context.operation is None:
            allow, path = ", ".join(_METHODS), context.path
            return error("wrong-method", {"Allow": allow}, method=context.method, path=path, allow=allow)
        picture = await self.picture(context.picture or "")
        return whole(200, picture, "image/png") if picture is not None else error("no-picture", path=context.path)

    async def picture(self, title: str) -> bytes | None:
        """Return the PNG of an image, or None if no world keeps that image, or its source was evicted."""
        found = await self._service.image(title)
        if found is None:
            return None
        image = found[1]
        source = await self._service.sources.get(image.source) if image.source else None
        if image.source and source is None:
            return None
        description = self._description(image, source)
        key = _key(image)
        rendered = await self._rendered.get(key)
        if rendered is None:
            async with self._renderers.place(found[0].world):
                rendered = await self._rendered.get(key)
                if rendered is None:  # no other request has rendered it meanwhile
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


def _key(image: Image) -> str:
    """Return a key that two images share only if they look the same."""
    # Not the title: after a reset a world uses its titles again.
    look = f"{image.engine}/{image.prompt}/{image.width}x{image.height}/{image.id}/{image.source}/{image.mode}"
    return hashlib.blake2b(look.encode(), digest_size=16).hexdigest()
