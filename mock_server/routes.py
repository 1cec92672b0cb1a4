"""What is not at a path of the API: the control API, pictures, and the errors of whoever asks for anything else."""

import asyncio
import re
from collections.abc import Sequence
from http import HTTPStatus

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .http.replies import JSON, Reply, error
from .stores.protocol import StoreUnavailableError


def route(control: ASGIApp | None, uploads: ASGIApp, unknown: ASGIApp) -> ASGIApp:
    """Return the application that answers them. control: None where the control API is not served."""
    app = Starlette(
        routes=[*(_control(control) if control else []), Route("/uploads/{title}", uploads)],
        exception_handlers={HTTPException: _http_error, StoreUnavailableError: _unavailable, Exception: _failure},
    )
    app.router.redirect_slashes = False
    app.router.default = unknown
    return app


def _control(app: ASGIApp) -> Sequence[BaseRoute]:
    """Return the routes of the control API, and the one that leads who leaves the last slash out to the page."""

    async def page(request: Request) -> Response:
        del request
        return RedirectResponse("/_mock/")

    return [Route("/_mock", page, methods=["GET"]), _mounted("/_mock", _told_of_the_end(app))]


def _mounted(path: str, app: ASGIApp) -> Mount:
    """Return an application as what answers whatever is under a path, a line break too."""
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def _told_of_the_end(app: ASGIApp) -> ASGIApp:
    """Return an application whose callers learn that the mock is being stopped, unless their answer has begun.

    None of Starlette's exception handlers is given a cancellation.
    """

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, sending)
        except asyncio.CancelledError:
            if begun:
                raise
            await _to_response(error("stopping"))(scope, receive, send)

    return served


def _to_response(reply: Reply) -> Response:
    return Response(msgspec.json.encode(reply.body), reply.status, reply.headers, media_type=JSON)


async def _unavailable(request: Request, failure: Exception) -> Response:
    """Answer what cannot be answered without the state."""
    del request
    return _to_response(error("unavailable", reason=failure))


async def _failure(request: Request, failure: Exception) -> Response:
    """Answer what fails outside the pipeline in JSON; the server then logs it."""
    del request, failure
    return _to_response(error("internal"))


async def _http_error(request: Request, refusal: Exception) -> Response:
    """Answer what the control API refuses, and what Starlette itself does under /_mock, in JSON."""
    assert isinstance(refusal, HTTPException)
    headers, path = refusal.headers or {}, request.scope["path"][:200]
    message = refusal.detail
    if message == HTTPStatus(refusal.status_code).phrase:
        allowed = f"{path} takes {headers.get('Allow')}, not {request.method[:20]}. " if "Allow" in headers else ""
        message = f"{allowed or f'There is no {path}. '}`aiimage-mock spec --control` prints all that there is."
    return _to_response(Reply(refusal.status_code, {"message": message}, headers))
