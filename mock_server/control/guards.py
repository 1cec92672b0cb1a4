"""Who may use the control API: nobody from another site, and beyond loopback only who knows the admin token."""

import ipaddress
import re

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from .auth import Admission
from .http import answer

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = "/_mock/health"
_PAGE = re.compile(r"/_mock/(login|logout|static/.*)?")
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]+)?")


class Guard:
    """The control API behind its checks, and the page, which shows a stranger no more than its login.

    local: the server is bound to loopback, so only such a Host is meant.
    """

    def __init__(self, app: Router, page: ASGIApp, admission: Admission, local: bool) -> None:
        self._app = app
        self._page = page
        self._admission = admission
        self._local = local

    @property
    def routes(self) -> list[BaseRoute]:
        """What is behind the checks."""
        return self._app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        refusal = self._stranger(headers, scope["method"])
        app: ASGIApp = self._page if _PAGE.fullmatch(path) else self._app
        if refusal is None and app is self._app and path != _OPEN and not self._admission.admits(headers):
            refusal = 401, "The control API takes the admin token: Authorization: Bearer TOKEN."
        if refusal:
            status, message = refusal
            app = answer({"message": message}, status)
        await app(scope, receive, send)

    def _stranger(self, headers: Headers, method: str) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if self._local and not _is_local(host):
            return (
                421,
                f"The Host {host[:80]!r} is not this machine: use 127.0.0.1 or localhost.",
            )
        if method not in _SAFE and _is_foreign(headers, host):
            return 403, "A page of another site must not change anything here: send no Origin, or the server's own."
        return None


def _is_local(host: str) -> bool:
    matched = _HOST.fullmatch(host.lower())
    if matched is None:
        return False
    name = matched[1] or matched[2]
    try:
        return name == "localhost" or name.endswith(".localhost") or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_foreign(headers: Headers, host: str) -> bool:
    origin = headers.get("origin")
    if origin is not None:
        return origin.partition("://")[2].lower() != host.lower()
    return headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
