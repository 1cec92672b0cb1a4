"""The page, and the login that stands before it where there is an admin token."""

from typing import Any, Literal, TypedDict
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router

from mock_server.control import Admission, cookie_name
from mock_server.control.page_data import Facts

from .assets import Assets

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
    "referrer-policy": "same-origin",  # without any, a browser says of its own form that it came from nowhere
    "x-content-type-options": "nosniff",
}
_HOME = "/_mock/"
_LONGEST_LOGIN = 8_192


class _Attributes(TypedDict):
    path: str
    httponly: bool
    samesite: Literal["strict"]
    secure: bool


def page_app(facts: Facts, admission: Admission) -> Router:
    """Return what answers at /_mock/ itself, at its login and for its files."""
    pages = Pages(facts, admission)
    routes = [
        Route("/", pages.home, methods=["GET"]),
        Route("/login", pages.login, methods=["GET", "POST"]),
        Route("/logout", pages.logout, methods=["POST"]),
        Route("/static/{name}", Assets().serve, methods=["GET"]),
    ]
    return Router(routes, redirect_slashes=False)


class Pages:
    """What is answered in HTML."""

    def __init__(self, facts: Facts, admission: Admission) -> None:
        self._facts = facts
        self._admission = admission
        self._templates = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )

    async def home(self, request: Request) -> Response:
        """Answer GET /: the page, or the login for who is not admitted yet."""
        if not self._admission.admits(request.headers):
            known = cookie_name(request.headers) in request.cookies
            return self._login_form(200, "The session is over: log in again." if known else "")
        return self._page("page.html", facts=self._facts, guarded=self._admission.needed)

    async def login(self, request: Request) -> Response:
        """Answer GET and POST of /login: a session for who knows the admin token."""
        if request.method != "POST":
            return RedirectResponse(_HOME, 303)
        session = self._admission.session(await _token_in(request))
        if session is None:
            return self._login_form(401, "That is not the admin token that this mock was started with.")
        reply = RedirectResponse(_HOME, 303, headers={"cache-control": "no-store"})
        reply.set_cookie(cookie_name(request.headers), session, **_attributes(request))
        return reply

    async def logout(self, request: Request) -> Response:
        """Answer POST /logout: the browser forgets its session."""
        reply = RedirectResponse(_HOME, 303, headers={"cache-control": "no-store"})
        reply.delete_cookie(cookie_name(request.headers), **_attributes(request))
        return reply

    def _login_form(self, status: int, problem: str = "") -> Response:
        return self._page("login.html", status, problem=problem)

    def _page(self, name: str, status: int = 200, **values: Any) -> Response:
        text = self._templates.get_template(name).render(values)
        return Response(text, status, media_type="text/html", headers=_HEADERS)


def _attributes(request: Request) -> _Attributes:
    return {"path": "/_mock", "httponly": True, "samesite": "strict", "secure": request.url.scheme == "https"}


async def _token_in(request: Request) -> str:
    """Return the token in the form that was sent, empty for none; raise a 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_LOGIN:
            raise HTTPException(413, f"The login takes at most {_LONGEST_LOGIN} bytes.")
    return parse_qs(body.decode(errors="replace")).get("token", [""])[0]
