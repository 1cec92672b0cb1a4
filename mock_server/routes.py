"""Everything outside of the API's paths: the control API, pictures, and errors for unknown paths."""

import asyncio
import posixpath
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

_SLASHES = re.compile("//+")
_PICTURE = re.compile("/uploads/([^/]+)", re.DOTALL)


def route(control: ASGIApp | None, uploads: ASGIApp, unknown: ASGIApp) -> ASGIApp:
    """Return the application for these paths. control: None if the control API is off."""
    app = Starlette(
        routes=[*(_control(control) if control else []), Route("/uploads/{title}", uploads)],
        exception_handlers={HTTPException: _http_error, StoreUnavailableError: _unavailable, Exception: _failure},
    )
    app.router.redirect_slashes = False
    unknown = _with_files(uploads, unknown)
    app.router.default = _with_page(unknown) if control else unknown
    return app


def _with_files(uploads: ASGIApp, unknown: ASGIApp) -> ASGIApp:
    """Return an application that finds a picture as web servers find a file: by its path in its normal form.

    A client that joins an address with "/" and an `output` that has one sends two.
    """

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        found = _PICTURE.fullmatch(posixpath.normpath(_SLASHES.sub("/", scope["path"])))
        if found and not scope["path"].endswith("/"):
            await uploads({**scope, "path_params": {"title": found[1]}}, receive, send)
        else:
            await unknown(scope, receive, send)

    return routed


def _with_page(unknown: ASGIApp) -> ASGIApp:
    """Return an application that leads from / to the page at /_mock/, where a browser begins."""
    page = RedirectResponse("/_mock/")

    async def routed(scope: Scope, receive: Receive, send: Send) -> None:
        is_root = scope["type"] == "http" and scope["path"] == "/" and scope["method"] in ("GET", "HEAD")
        await (page if is_root else unknown)(scope, receive, send)

    return routed


def _control(app: ASGIApp) -> Sequence[BaseRoute]:
    """Return the routes of the control API, and a redirect from /_mock to the page at /_mock/."""

    async def page(request: Request) -> Response:
        del request
        return RedirectResponse("/_mock/")

    return [Route("/_mock", page, methods=["GET"]), _mounted("/_mock", _with_stopping_reply(app))]


def _mounted(path: str, app: ASGIApp) -> Mount:
    """Return a mount for all paths below `path`."""
    mount = Mount(path, app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)  # a path may contain a line break
    return mount


def _with_stopping_reply(app: ASGIApp) -> ASGIApp:
    """Return an application that replies 503 if a request is cancelled before its response has begun.

    Starlette does not pass a cancellation to exception handlers.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, send_noting)
        except asyncio.CancelledError:
            if begun:
                raise
            await _to_response(error("stopping"))(scope, receive, send)

    return wrapped


def _to_response(reply: Reply) -> Response:
    return Response(msgspec.json.encode(reply.body), reply.status, reply.headers, media_type=JSON)


async def _unavailable(request: Request, failure: Exception) -> Response:
    """Return a 503: the mock cannot reach its state store."""
    del request
    return _to_response(error("unavailable", reason=failure))


async def _failure(request: Request, failure: Exception) -> Response:
    """Return a 500 for an unexpected failure outside of the pipeline."""
    # Starlette raises it again after the reply, and the server logs it.
    del request, failure
    return _to_response(error("internal"))


async def _http_error(request: Request, refusal: Exception) -> Response:
    """Return the JSON for an HTTPException of the control API or of Starlette's own routing."""
    assert isinstance(refusal, HTTPException)
    headers, path = refusal.headers or {}, request.scope["path"][:200]
    message = refusal.detail
    if message == HTTPStatus(refusal.status_code).phrase:
        allowed = f"{path} takes {headers.get('Allow')}, not {request.method[:20]}. " if "Allow" in headers else ""
        message = f"{allowed or f'There is no {path}. '}`aiimage-mock spec --control` prints the control API."
    return _to_response(Reply(refusal.status_code, {"message": message}, headers))
