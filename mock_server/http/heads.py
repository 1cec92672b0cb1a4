"""Heads of requests: what a server must refuse and the parser lets pass, and in words what the parser refuses."""

import re
from collections.abc import Sequence

from httptools import HttpParserError, HttpRequestParser

from .replies import Reply, error

_HOST = re.compile(rb"[^\s/?#@\\<>\"{}|^`\x7f-\xff]*[ \t]*")
_WITHOUT_PATH = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_UNPRINTABLE = re.compile(rb"[^ -~]")
# By what the parser says; else its own words are good enough.
_REASONS = {
    "Invalid method encountered": "its method is unknown; methods are in capitals, such as GET and POST",
    "Invalid char in url path": "its address has a character that must be percent-encoded, such as %22 for a quote",
    "Invalid char in url query": "its query has a character that must be percent-encoded, such as %22 for a quote",
    "Expected HTTP/, RTSP/ or ICE/": "behind its address, in which a space is %20, HTTP/1.1 must follow",
    "Invalid header token": "the name of a header is empty, or has a space or another character that no name has",
    "Missing expected LF after header value": "a header has a line break",
    "Unexpected whitespace after header value": "a header is folded; write it in one line",
}


def make_parser(protocol: object) -> HttpRequestParser:
    """Return a parser that is as lenient as common servers: lines may end in LF, and spaces follow a chunk's size."""
    parser = HttpRequestParser(protocol)
    parser.set_dangerous_leniencies(
        lenient_data_after_close=True,
        # RFC 9112, 2.2. For the first line the parser wants both; a CR alone still ends no other.
        lenient_optional_cr_before_lf=True,
        lenient_optional_lf_after_cr=True,
        lenient_spaces_after_chunk_size=True,
    )
    return parser


def with_ascii_target(data: bytes) -> bytes:
    """Return the beginning of a request with the bytes of its first line above 127 percent-encoded: curl sends them."""
    blank = len(data) - len(data.lstrip(b"\r\n"))
    end = data.find(b"\n", blank)
    line = data[:end] if end >= 0 else data
    return data if line.isascii() else _NOT_ASCII.sub(_percent_encoded, line) + data[len(line) :]


def _percent_encoded(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


def complete_target(target: bytes) -> bytes:
    """Return a request's target with a path, which the absolute form may lack. [RFC 9110, 4.2.3]"""
    if target.startswith(b"/"):  # as nearly every target does
        return target
    found = _WITHOUT_PATH.match(target)
    end = found.end() if found else 0
    return target if not found or target.startswith(b"/", end) else target[:end] + b"/" + target[end:]


def head_error(headers: Sequence[tuple[bytes, bytes]], version: str) -> Reply | None:
    """Return the refusal of a head, None if it is fine. headers: with names in lower case."""
    names = [name for name, _ in headers]
    hosts = names.count(b"host")
    if hosts == 1:
        if not _HOST.fullmatch(headers[names.index(b"host")][1]):
            return error("bad-host", problem="an invalid Host header")
    elif hosts or version == "1.1":
        return error("bad-host", problem="two Host headers" if hosts else "no Host header")
    if b"transfer-encoding" in names:
        return _coding_error([value for name, value in headers if name == b"transfer-encoding"])
    return None


def _coding_error(codings: Sequence[bytes]) -> Reply | None:
    for coding in codings:
        if coding.strip().lower() != b"chunked":
            return error("no-coding", coding=_UNPRINTABLE.sub(b"?", coding[:40]).decode())  # RFC 9112, 6.1
    return None


def reason(refused: HttpParserError) -> str:
    """Return the end of the sentence that says why the parser refused a request."""
    said = str(refused.args[0]) if refused.args else "it is malformed"
    return _REASONS.get(said, said)
