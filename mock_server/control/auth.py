"""Authentication of the control API: the admin token, sent with each call or kept by the page's login as a session, and
refusal of other hosts and other sites.
"""

import hashlib
import hmac
import ipaddress
import re
import secrets
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from .http import json_response

_COOKIE = "aiimage_mock_session"
_PORT = re.compile(r".*:([0-9]{1,5})")
_PURPOSE = b"aiimage-mock session "
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HEALTH = "/_mock/health"
_UNCOMPRESSED = ("/_mock/events",)
_MIN_COMPRESSED_BYTES = 1_000
_PAGE = re.compile(r"/_mock/(login|logout|static/.*)?")
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]+)?")


class Auth:
    """Checks the admin token; without one, every request is allowed.

    A session is a random number signed with the admin token, so every process with the same token accepts it.
    """

    def __init__(self, admin_token: str | None) -> None:
        self._token = None if admin_token is None else admin_token.encode()

    @property
    def required(self) -> bool:
        """Whether there is an admin token."""
        return self._token is not None

    def allows(self, headers: Headers) -> bool:
        """Return whether a request with these headers may use the control API."""
        if self._token is None:
            return True
        given = headers.get("authorization")
        if given is not None:
            return secrets.compare_digest(given.encode("latin-1"), b"Bearer " + self._token)
        return self._is_session(cookie_parser(headers.get("cookie", "")).get(cookie_name(headers), ""))

    def create_session(self, token: str) -> str | None:
        """Return a new session, None for a wrong admin token."""
        if self._token is None or not secrets.compare_digest(token.encode(), self._token):
            return None
        number = secrets.token_hex(16)
        return f"{number}.{_signature(number, self._token)}"

    def _is_session(self, session: str) -> bool:
        number, _, signature = session.partition(".")
        expected = _signature(number, self._token or b"")
        return secrets.compare_digest(signature.encode(), expected.encode())


class Guard:
    """The control API behind its checks. Without the admin token only the login and the page's files are served.

    local: the server is bound to loopback, so only a loopback Host is accepted.
    """

    def __init__(self, app: Router, page: ASGIApp, auth: Auth, local: bool) -> None:
        self._app = app
        self._page = page
        self._auth = auth
        self._local = local

    @property
    def routes(self) -> list[BaseRoute]:
        """The routes behind the checks."""
        return self._app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        refusal = self._refusal(headers, scope["method"])
        app: ASGIApp = self._page if _PAGE.fullmatch(path) else self._app
        if refusal is None and app is self._app and path != _HEALTH and not self._auth.allows(headers):
            refusal = 401, "The control API requires the admin token: Authorization: Bearer TOKEN."
        if refusal and refusal[0] == 401 and scope["method"] == "GET" and _is_navigation(headers):
            # A person follows a link or a bookmark: the login leads back there.
            await RedirectResponse(f"/_mock/login?{urlencode({'to': path})}", 303)(scope, receive, send)
            return
        if refusal:
            status, message = refusal
            app = json_response({"message": message}, status)
        if path.startswith(_UNCOMPRESSED) or "/images/" in path:
            await app(scope, receive, send)
        else:
            await GZipMiddleware(app, minimum_size=_MIN_COMPRESSED_BYTES, compresslevel=4)(scope, receive, send)

    def _refusal(self, headers: Headers, method: str) -> tuple[int, str] | None:
        """Return status and message for a request of another host or site, None for any other."""
        host = headers.get("host", "")
        # DNS rebinding: a page of another site can have its own name resolve to 127.0.0.1.
        if self._local and not _is_loopback(host):
            return 421, f"The Host {host[:80]!r} is not this machine: use 127.0.0.1 or localhost."
        if method not in _SAFE_METHODS and _is_cross_site(headers, host):
            return 403, "Cross-site requests cannot change anything: send no Origin header, or the server's own origin."
        return None


def _is_navigation(headers: Headers) -> bool:
    """Return whether a browser asks for a page to show, and not a program for data."""
    return "text/html" in headers.get("accept", "") and headers.get("sec-fetch-mode", "navigate") == "navigate"


def cookie_name(headers: Headers) -> str:
    """Return the name of the session cookie for the requested port."""
    # Browsers share cookies between all ports of a host, and two mocks must not log each other out.
    port = _PORT.fullmatch(headers.get("host", ""))
    return f"{_COOKIE}_{port[1]}" if port else _COOKIE


def _signature(number: str, token: bytes) -> str:
    return hmac.new(token, _PURPOSE + number.encode(), hashlib.sha256).hexdigest()


def _is_loopback(host: str) -> bool:
    matched = _HOST.fullmatch(host.lower())
    if matched is None:
        return False
    name = matched[1] or matched[2]
    try:
        return name == "localhost" or name.endswith(".localhost") or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_cross_site(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() != host.lower()
    # Browsers omit Origin in some requests; other clients send neither header.
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
