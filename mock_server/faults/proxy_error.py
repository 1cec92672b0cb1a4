"""A proxy that does not reach the service."""

from http import HTTPStatus
from typing import ClassVar, Literal

from .base import Fault, Target
from .transmission import Transmission, whole

_PAGE = """<!DOCTYPE html>
<html>
<head><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>The proxy got no valid answer from the server behind it.</p>
<hr>
<p>proxy</p>
</body>
</html>
"""


class ProxyError(Fault, frozen=True):
    """The request is not handled: a proxy answers with an error page in HTML."""

    name: ClassVar[str] = "proxy-error"

    code: Literal[502, 503, 504] = 502

    def answer(self, target: Target) -> Transmission:
        """Return the page."""
        del target
        page = _PAGE.format(title=f"{self.code} {HTTPStatus(self.code).phrase}")
        return whole(self.code, page.encode(), "text/html; charset=utf-8")
