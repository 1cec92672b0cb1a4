"""The images of a world: what was made, for which words, and how it looks."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from mock_server.domain.clock import to_iso
from mock_server.domain.images import world_of
from mock_server.domain.world import Image
from mock_server.service import Service

from .http import answer, problem
from .naming import meant_by_path

Picture = Callable[[str], Awaitable[bytes | None]]


class Images:
    """The calls about images. picture: the PNG of a title, None where there is none or not yet."""

    def __init__(self, service: Service, picture: Picture) -> None:
        self._service = service
        self._picture = picture

    async def all(self, request: Request) -> Response:
        """Answer GET /worlds/{token}/images, newest first."""
        caller = (await meant_by_path(self._service, request)).caller
        world = (await self._service.look(caller)).world
        return answer({"images": [self._view(image) for image in world.images], "total": world.made})

    async def one(self, request: Request) -> Response:
        """Answer GET /worlds/{token}/images/{title} with the picture. No journal hears of it, and no fault strikes."""
        caller = (await meant_by_path(self._service, request)).caller
        title = unquote(request.path_params["title"])
        picture = await self._picture(title) if world_of(title) == caller.world else None
        if picture is None:
            raise problem(404, f"There is no picture {title[:80]!a} in this world, or not yet.")
        return Response(picture, media_type="image/png", headers={"cache-control": "no-cache"})

    def _view(self, image: Image) -> dict[str, Any]:
        return {
            "id": image.id,
            "title": image.title,
            "prompt": image.prompt,
            "engine": image.engine,
            "mode": image.mode,
            "width": image.width,
            "height": image.height,
            "credits": self._service.behaviour.credits_per_image,
            "output": image.output,
            "created_at": to_iso(image.created_at, "milliseconds"),
        }
