"""Pictures: GET /uploads/{title}. Rendered when first fetched, off the event loop, then kept."""

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mock_server import pictures
from mock_server.domain.world import Image
from mock_server.stores.protocol import Shelf

from .access import log_access
from .replies import Reply, error, to_response
from .service import Service

_ALLOW = "GET, HEAD"
_RENDERERS = 2


class Uploads:
    """The pictures of one service, as an ASGI application. It serves titles that it knows, and nothing else."""

    def __init__(self, service: Service, rendered: Shelf[bytes]) -> None:
        self._service = service
        self._rendered = rendered
        self._renderers = CapacityLimiter(_RENDERERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.scope["path"][:200]
        if request.method not in _ALLOW.split(", "):
            reply = error("wrong-method", {"Allow": _ALLOW}, method=request.method, path=path, allow=_ALLOW)
        elif (picture := await self.picture(request.path_params["title"])) is None:
            reply = error("no-picture", path=path)
        else:
            log_access(request, Reply(200, None), "-")
            await Response(picture, media_type="image/png")(scope, receive, send)
            return
        log_access(request, reply, "-")
        await to_response(reply)(scope, receive, send)

    async def picture(self, title: str) -> bytes | None:
        """Return the PNG of an image, or None where no image has that title or its source is no longer kept."""
        rendered = await self._rendered.get(title)
        if rendered is not None:
            return rendered
        image = await self._service.images.get(title)
        if image is None:
            return None
        source = await self._service.sources.get(image.source) if image.source else None
        if image.source and source is None:
            return None
        async with self._renderers:
            rendered = await self._rendered.get(title)
            if rendered is None:
                rendered = await to_thread.run_sync(pictures.render, self._description(image, source))
                await self._rendered.put(title, rendered)
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
