"""Who knows the admin token: by header with each call, or by the cookie that the page's login has set."""

import hashlib
import hmac
import re
import secrets

from starlette.datastructures import Headers
from starlette.requests import cookie_parser

_COOKIE = "aiimage_mock_session"
_PORT = re.compile(r".*:([0-9]{1,5})")
_PURPOSE = b"aiimage-mock session "


class Admission:
    """What lets in who knows the admin token, and everybody where there is none.

    A session is a random number, signed with the admin token: any process with the same one knows it again.
    """

    def __init__(self, admin_token: str | None) -> None:
        self._token = None if admin_token is None else admin_token.encode()

    @property
    def needed(self) -> bool:
        """Whether there is an admin token to know."""
        return self._token is not None

    def admits(self, headers: Headers) -> bool:
        """Tell whether a request comes from somebody who may use the control API."""
        if self._token is None:
            return True
        given = headers.get("authorization")
        if given is not None:
            return secrets.compare_digest(given.encode("latin-1"), b"Bearer " + self._token)
        return self._knows_session(cookie_parser(headers.get("cookie", "")).get(cookie_name(headers), ""))

    def session(self, token: str) -> str | None:
        """Return a new session for who says the admin token, None for a wrong one."""
        if self._token is None or not secrets.compare_digest(token.encode(), self._token):
            return None
        number = secrets.token_hex(16)
        return f"{number}.{_signature(number, self._token)}"

    def _knows_session(self, session: str) -> bool:
        number, _, signature = session.partition(".")
        expected = _signature(number, self._token or b"")
        return secrets.compare_digest(signature.encode(), expected.encode())


def cookie_name(headers: Headers) -> str:
    """Return the name of a session's cookie for who sends these headers: another one at each port, since a browser
    takes all ports of a host for one.
    """
    port = _PORT.fullmatch(headers.get("host", ""))
    return f"{_COOKIE}_{port[1]}" if port else _COOKIE


def _signature(number: str, token: bytes) -> str:
    return hmac.new(token, _PURPOSE + number.encode(), hashlib.sha256).hexdigest()
