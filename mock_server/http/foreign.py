"""Other protocols that a client may speak by mistake, by the first bytes of its connection."""

# Each begins in a way in which no HTTP/1.1 request can.
_BEGINNINGS = {
    b"\x16": "tls",
    b"\x80": "tls",  # a hello of SSL 2
    b"PRI * HTTP/2": "http2",
    b"PROXY ": "proxy-line",
    b"\r\n\r\n\0\r\nQUIT\n": "proxy-line",
    b"\x04": "socks",
    b"\x05": "socks",
}


def foreign_protocol(first: bytes) -> str | None:
    """Return the code of the error for a connection that begins with these bytes, None for no protocol that is known.

    first: what is not HTTP/1.1.
    """
    return next((code for beginning, code in _BEGINNINGS.items() if first.startswith(beginning)), None)
