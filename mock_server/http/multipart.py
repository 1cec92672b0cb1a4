"""multipart/form-data: from bytes to parts, in memory, as leniently as PHP reads it. The caller limits the bytes.

PHP's rules (main/rfc1867.c): a part begins behind a line that is exactly the delimiter, whatever precedes it; lines may
end in LF alone; a form without a last boundary ends with the bytes; a filename makes a file, and nothing else does.
"""

import re
from dataclasses import dataclass
from typing import NamedTuple

_MAX_PART_HEADERS = 8
_MAX_PART_HEADER_BYTES = 4096
_MAX_PART_LINES = 4 * _MAX_PART_HEADERS
_TOO_MANY_HEADERS = (
    f"a part has more than {_MAX_PART_HEADERS} headers, or one of more than {_MAX_PART_HEADER_BYTES} bytes"
)
_SHOWN_CHARACTERS = 80
_SPACE = b" \t\n\r\x0b\x0c"
# A parameter ends at a semicolon outside of quotes; in quotes a backslash protects the quote alone.
_WORD = re.compile(rb"""(?:"(?:\\"|[^"])*"?|'(?:\\'|[^'])*'?|[^;"'])+""", re.DOTALL)
_QUOTED = {
    b'"': re.compile(rb'"((?:\\[\\"]|[^"])*)', re.DOTALL),
    b"'": re.compile(rb"'((?:\\[\\']|[^'])*)", re.DOTALL),
}
_ESCAPED = {b'"': re.compile(rb'\\([\\"])'), b"'": re.compile(rb"\\([\\'])"), b"": re.compile(rb"\\(\\)")}


class MultipartError(ValueError):
    """The bytes are not a form; the message says why."""


class Part(NamedTuple):
    """One part of a form.

    name: None if it has none; filename: None if it has none, "" for a file that was not chosen; content_type: its own;
    complete: whether a boundary ends it.
    """

    name: bytes | None
    filename: bytes | None
    content_type: str
    data: bytes
    complete: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a form, in order. problem: why the rest of the form was not read, "" if it was."""

    parts: list[Part]
    problem: str = ""


def parse_multipart(content_type: str, body: bytes, max_parts: int) -> Parts:
    """Return the parts of a form; raise MultipartError."""
    boundary = _boundary(content_type)
    delimiter = b"\n--" + boundary
    parts: list[Part] = []
    problem, count = "", 0
    at = _next_part(body, delimiter, 0)
    if at is None and body and delimiter[1:] not in body:
        shown = delimiter[1:].decode("latin-1")[:_SHOWN_CHARACTERS]
        raise MultipartError(f"the Content-Type names a boundary, but no line of the body is {shown}")
    while at is not None:
        if count == max_parts:
            raise MultipartError(f"it has more than {max_parts} parts")
        count += 1
        headers, at = _headers(body, at)
        disposition = headers.get(b"content-disposition")
        if disposition is None:
            problem = problem or "a part has no Content-Disposition, and so no name"
        else:
            data, end, complete = _data(body, delimiter, at)
            names = _parameters(disposition)
            if b"name" not in names and b"filename" not in names:
                # PHP reads nothing behind it ("File Upload Mime headers garbled").
                return Parts(parts, "a part has no name; it and what follows it are not read")
            kind = headers.get(b"content-type", b"").decode("latin-1")
            parts.append(Part(names.get(b"name"), names.get(b"filename"), kind, data, complete))
            problem = problem if complete else "it ends before its last boundary"
            at = end
        at = _next_part(body, delimiter, at)
    return Parts(parts, problem)


def _boundary(content_type: str) -> bytes:
    _, found, rest = content_type[content_type.lower().find("boundary") :].partition("=")
    if "boundary" not in content_type.lower() or not found:
        raise MultipartError("the Content-Type has no boundary: leave that header to the client's library")
    if rest.startswith('"'):
        boundary, closed, _ = rest[1:].partition('"')
        if not closed:
            raise MultipartError("the quotes around the boundary in the Content-Type are not closed")
    else:
        boundary = re.split("[,;]", rest, maxsplit=1)[0]
    if not boundary:
        raise MultipartError("the boundary in the Content-Type is empty")
    return boundary.encode("latin-1")


def _next_part(body: bytes, delimiter: bytes, at: int) -> int | None:
    """Return the place behind the next line that is the delimiter, None if there is none."""
    begins = at == 0 and body.startswith(delimiter[1:])
    end = len(delimiter) - 1 if begins else _behind(body, delimiter, max(0, at - 1))
    while end is not None:
        for line_end in (b"\n", b"\r\n"):
            if body.startswith(line_end, end):
                return end + len(line_end)
        if body.startswith(b"\0", end) and (line_end_at := body.find(b"\n", end)) >= 0:
            return line_end_at + 1  # a string of C ends at NUL
        end = _behind(body, delimiter, end)
    return None


def _behind(body: bytes, delimiter: bytes, at: int) -> int | None:
    # find, and no expression over the whole body: that would hold up all other threads.
    found = body.find(delimiter, at)
    return found + len(delimiter) if found >= 0 else None


def _headers(body: bytes, at: int) -> tuple[dict[bytes, bytes], int]:
    """Return the headers of a part by name in lower case, the first of each, and the place behind them."""
    headers: list[tuple[bytes, bytes]] = []
    for _ in range(_MAX_PART_LINES):
        end = body.find(b"\n", at, at + _MAX_PART_HEADER_BYTES + 2)
        if end < 0 and len(body) - at <= _MAX_PART_HEADER_BYTES:
            return dict(reversed(headers)), len(body)
        line = body[at:end].removesuffix(b"\r").partition(b"\0")[0]  # a string of C ends there
        at = end + 1
        if end >= 0 and not line:
            return dict(reversed(headers)), at
        name, colon, value = line.partition(b":")
        if colon and not line[:1].isspace():
            headers.append((name.lower(), value.lstrip(_SPACE)))
        elif headers:  # a folded line
            headers[-1] = (headers[-1][0], headers[-1][1] + line)
        too_long = any(len(each) > _MAX_PART_HEADER_BYTES for _, each in headers)
        if end < 0 or too_long or len(headers) > _MAX_PART_HEADERS:
            break
    raise MultipartError(_TOO_MANY_HEADERS)


def _data(body: bytes, delimiter: bytes, at: int) -> tuple[bytes, int, bool]:
    """Return the bytes of a part, the place where they end, and whether a boundary ends them."""
    end = body.find(delimiter, at)
    complete = end >= 0
    if not complete:
        end = len(body) - _begun(body, delimiter, at)
    is_line = complete or end < len(body)
    last = end - 1 if is_line and end > at and body[end - 1] == ord("\r") else end
    return body[at:last], end, complete


def _begun(body: bytes, delimiter: bytes, at: int) -> int:
    """Return how many bytes of the delimiter the body ends with."""
    lengths = range(min(len(delimiter), len(body) - at), 0, -1)
    return next((length for length in lengths if body.endswith(delimiter[:length])), 0)


def _parameters(disposition: bytes) -> dict[bytes, bytes]:
    """Return the parameters of a Content-Disposition by name in lower case, the last of each."""
    words = (word.lstrip(_SPACE).partition(b"=") for word in _WORD.findall(disposition))
    return {name.lower(): _unquoted(value) for name, equals, value in words if equals}


def _unquoted(value: bytes) -> bytes:
    """Return a value without its quotes, single or double, or up to white space, and without its backslashes."""
    value = value.lstrip(_SPACE)
    quote = value[:1] if value[:1] in _QUOTED else b""
    found = _QUOTED[quote].match(value) if quote else None
    text = found[1] if found else re.split(rb"[ \t\n\r\x0b\x0c]", value, maxsplit=1)[0]
    return _ESCAPED[quote].sub(rb"\1", text)
