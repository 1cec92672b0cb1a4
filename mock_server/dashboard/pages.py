"""The page, its files, and the login in front of it if there is an admin token."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypedDict
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router

from mock_server.control import Auth, cookie_name
from mock_server.control.http import read_body
from mock_server.control.page_data import PageData

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "cache-control": "no-store",
    "referrer-policy": "same-origin",  # without a referrer, a browser sends its own form with Origin: null
    "x-content-type-options": "nosniff",
}
_HOME = "/_mock/"
_PLACE = re.compile(r"/_mock/[A-Za-z0-9/_.:*%-]*")
_MAX_LOGIN_BYTES = 8_192
_STATIC = Path(__file__).parent / "static"
# The types of the machine are not used: some systems serve JavaScript as plain text, which no browser runs.
_TYPES: Mapping[str, str] = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class _Attributes(TypedDict):
    path: str
    httponly: bool
    samesite: Literal["strict"]
    secure: bool


def page_app(data: PageData, auth: Auth) -> Router:
    """Return the application that answers /_mock/ itself, its login and its files."""
    pages = Pages(data, auth)
    routes = [
        Route("/", pages.home, methods=["GET"]),
        Route("/login", pages.login, methods=["GET", "POST"]),
        Route("/logout", pages.logout, methods=["POST"]),
        Route("/static/{name}", pages.static, methods=["GET"]),
        Route("/static/{tag}/{name}", pages.static, methods=["GET"]),
    ]
    return Router(routes, redirect_slashes=False)


class Pages:
    """The pages in HTML and the files that they load, which are read once."""

    def __init__(self, data: PageData, auth: Auth) -> None:
        self._data = data
        self._auth = auth
        self._templates = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._files = {path.name: path.read_bytes() for path in _STATIC.iterdir() if path.suffix in _TYPES}
        self._tag = hashlib.blake2b(
            b"".join(self._files[name] for name in sorted(self._files)), digest_size=6
        ).hexdigest()

    async def home(self, request: Request) -> Response:
        """Answer GET /: the page, or the login for a request that is not authenticated."""
        if not self._auth.allows(request.headers):
            expired = cookie_name(request.headers) in request.cookies
            return self._login_form(200, "The session has ended. Log in again." if expired else "")
        modules = sorted(name for name in self._files if name.endswith(".js") and name != "login.js")
        static = {"folder": f"static/{self._tag}", "modules": modules}
        return self._page("page.html", data=self._data, guarded=self._auth.required, static=static)

    async def login(self, request: Request) -> Response:
        """Answer GET and POST of /login: start a session for the right admin token, and lead to where it was needed."""
        if request.method != "POST":
            to = _destination(request.query_params.get("to", ""))
            return RedirectResponse(to, 303) if self._auth.allows(request.headers) else self._login_form(200, to=to)
        form = await _read_form(request)
        to = _destination(form.get("to", ""))
        session = self._auth.create_session(form.get("token", ""))
        if session is None:
            return self._login_form(401, "Wrong admin token.", to)
        reply = RedirectResponse(to, 303, headers={"cache-control": "no-store"})
        reply.set_cookie(cookie_name(request.headers), session, **_attributes(request))
        return reply

    async def logout(self, request: Request) -> Response:
        """Answer POST /logout: delete the session cookie."""
        reply = RedirectResponse(_HOME, 303, headers={"cache-control": "no-store"})
        reply.delete_cookie(cookie_name(request.headers), **_attributes(request))
        return reply

    async def static(self, request: Request) -> Response:
        """Answer GET /static/{name}; 304 if the browser's copy is current; raise a 404.

        Under /static/{tag}/ a file never changes, so that a browser does not ask again.
        """
        name = request.path_params["name"]
        if request.path_params.get("tag", self._tag) != self._tag:
            raise HTTPException(404)
        content = self._files.get(name)
        if content is None:
            raise HTTPException(404)
        tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
        caching = "max-age=31536000, immutable" if "tag" in request.path_params else "no-cache"
        headers = {"etag": tag, "cache-control": caching, "x-content-type-options": "nosniff"}
        # The header may list several tags, and a proxy may mark them as weak.
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=_TYPES[Path(name).suffix], headers=headers)

    def _login_form(self, status: int, problem: str = "", to: str = _HOME) -> Response:
        return self._page("login.html", status, problem=problem, to=to)

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        text = self._templates.get_template(name).render(values)
        return Response(text, status, media_type="text/html", headers=_HEADERS)


def _attributes(request: Request) -> _Attributes:
    return {"path": "/_mock", "httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}


async def _read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of the login form; raise a 413."""
    body = await read_body(request, _MAX_LOGIN_BYTES)
    return {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}


def _destination(asked: str) -> str:
    """Return where a login leads: a path of the mock that was asked for, else the page."""
    return asked if _PLACE.fullmatch(asked) else _HOME
