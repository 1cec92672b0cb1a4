"""CORS: any page may call the API and see its pictures, without credentials. [CORS]"""

from mock_server.faults.transmission import Transmission, empty

from .context import RequestHeaders

_ANYONE = ("access-control-allow-origin", "*")


def preflight(headers: RequestHeaders) -> Transmission | None:
    """Return the reply to a browser's question whether a page may send a request, None if it is no such question."""
    method = headers.get(b"access-control-request-method")
    if not method or b"origin" not in headers.values:
        return None
    allowed = dict([_ANYONE, ("access-control-allow-methods", method), ("access-control-max-age", "0")])
    if wanted := headers.get(b"access-control-request-headers"):
        # Not "*", which does not include Authorization.
        allowed["access-control-allow-headers"] = wanted
    return empty(204, allowed)


def readable(transmission: Transmission, headers: RequestHeaders) -> Transmission:
    """Return a reply that the page which sent the request may read."""
    return transmission.with_header(*_ANYONE) if b"origin" in headers.values else transmission
