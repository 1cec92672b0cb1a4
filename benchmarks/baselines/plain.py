"""Starlette with one route per operation. Nothing is checked."""

from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .fixed import JSON_ANSWERS, PICTURE, PICTURE_PATH


def _route(path: str, status: int, value: Any) -> Route:
    async def answer(request: Request) -> Response:
        await request.body()
        return JSONResponse(value, status)

    return Route(path, answer, methods=["GET", "POST"])


async def _picture(_: Request) -> Response:
    return Response(PICTURE, media_type="image/png")


ROUTES = [*(_route(path, *answer) for path, answer in JSON_ANSWERS.items()), Route(PICTURE_PATH, _picture)]

app = Starlette(routes=ROUTES)
