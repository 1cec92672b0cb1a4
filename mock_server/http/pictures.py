"""Pictures: GET /uploads/{title}. Rendered when first fetched, off the event loop, then kept."""

import hashlib

from anyio import CapacityLimiter, to_thread

from mock_server import pictures
from mock_server.domain.entry import PICTURE
from mock_server.domain.world import Image
from mock_server.faults.transmission import Transmission, whole
from mock_server.service import Service
from mock_server.stores.protocol import Shelf

from .context import Visit
from .replies import Reply, error

_ALLOW = ("GET", "HEAD")
_RENDERERS = 2


class Uploads:
    """What answers the requests for pictures. It serves titles that some world keeps, and nothing else."""

    def __init__(self, service: Service, rendered: Shelf[bytes]) -> None:
        self._service = service
        self._rendered = rendered
        self._renderers = CapacityLimiter(_RENDERERS)

    def operation(self, method: str) -> str | None:
        """Return "getPicture", or None where the method does not fetch one."""
        return PICTURE if method in _ALLOW else None

    async def arrive(self, visit: Visit) -> None:
        """Find out whose picture it is: no token is asked for."""
        visit.picture = visit.scope["path_params"]["title"][:200]
        found = await self._service.image(visit.picture)
        visit.caller = found[0] if found else None

    async def answer(self, visit: Visit) -> Reply | Transmission:
        """Return the picture as PNG."""
        if visit.operation is None:
            allow, path = ", ".join(_ALLOW), visit.path
            return error("wrong-method", {"Allow": allow}, method=visit.method, path=path, allow=allow)
        picture = await self.picture(visit.picture or "")
        return whole(200, picture, "image/png") if picture is not None else error("no-picture", path=visit.path)

    async def picture(self, title: str) -> bytes | None:
        """Return the PNG of an image, or None where no image has that title or its source is no longer kept."""
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
            async with self._renderers:
                rendered = await self._rendered.get(key)
                if rendered is None:
                    rendered = await to_thread.run_sync(pictures.render, description)
                    await self._rendered.put(key, rendered)
        return rendered

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
    """Return what two images share only if they look the same: a world that was reset gives titles out anew."""
    look = f"{image.engine}/{image.prompt}/{image.width}x{image.height}/{image.id}/{image.source}/{image.mode}"
    return hashlib.blake2b(look.encode(errors="surrogatepass"), digest_size=16).hexdigest()
