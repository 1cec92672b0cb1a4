"""Failed connections in plain words: why a server gave no usable reply, and what to do."""

import errno
import os
import ssl
from collections.abc import Callable
from http.client import HTTPException, InvalidURL
from socket import gaierror

_UNREACHABLE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN})


def _of_system(error: Exception) -> str:
    """Return the text of any other error, without its number."""
    number = getattr(error, "errno", None)
    if number in _UNREACHABLE:
        return "the host cannot be reached from here"
    return os.strerror(number) if number else str(error) or type(error).__name__


def _of_certificate(error: Exception) -> str:
    return f"its certificate is not trusted ({getattr(error, 'verify_message', error)})"


# The first row that matches counts.
_CAUSES: tuple[tuple[type[Exception], str | Callable[[Exception], str]], ...] = (
    (ConnectionRefusedError, "nothing listens there; start a mock with `aiimage-mock serve`"),
    (ConnectionError, "the server there closed the connection without a reply"),
    (TimeoutError, "the server there did not answer in time"),
    (gaierror, "the name of the host is unknown"),
    (ssl.SSLCertVerificationError, _of_certificate),
    (ssl.SSLError, "the server there does not speak TLS; use http:// instead of https://"),
    (InvalidURL, "the address is invalid"),
    (HTTPException, "the server there does not speak HTTP"),
    (Exception, _of_system),
)


def why_no_reply(error: Exception) -> str:
    """Return why a call got no reply, for the end of a sentence that names the address."""
    cause = next(cause for kind, cause in _CAUSES if isinstance(error, kind))
    return cause if isinstance(cause, str) else cause(error)
