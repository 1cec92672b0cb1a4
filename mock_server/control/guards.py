"""Who may use the control API: nobody from another site, and beyond loopback only who knows the admin token."""

import ipaddress
import re
import secrets

from starlette.datastructures import Headers
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

from .answers import answer

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = "/_mock/health"
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]+)?")


class Guard:
    """The control API behind its checks. local: the server is bound to loopback, so only such a Host is meant."""

    def __init__(self, app: Router, admin_token: str | None, local: bool) -> None:
        self._app = app
        self._expected = f"Bearer {admin_token}".encode() if admin_token is not None else None
        self._local = local

    @property
    def routes(self) -> list[BaseRoute]:
        """What is behind the checks."""
        return self._app.routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(Headers(scope=scope), scope["method"], scope["path"])
        if refusal:
            status, message = refusal
            await answer({"message": message}, status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, headers: Headers, method: str, path: str) -> tuple[int, str] | None:
        host = headers.get("host", "")
        if self._local and not _is_local(host):
            return (
                421,
                f"The Host {host[:80]!r} is not this machine: use 127.0.0.1 or localhost.",
            )
        if method not in _SAFE and _is_foreign(headers, host):
            return 403, "A page of another site must not change anything here: send no Origin, or the server's own."
        if self._expected is None or path == _OPEN:
            return None
        if not secrets.compare_digest(headers.get("authorization", "").encode("latin-1"), self._expected):
            return 401, "The control API takes the admin token: Authorization: Bearer TOKEN."
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
