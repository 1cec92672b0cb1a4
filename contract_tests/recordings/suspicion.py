"""Suspicious texts in a call and its reply, and the forms in which they may appear, for the auditor alone."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote, unquote_to_bytes

from contract_tests.client.call import Call

_PART = re.compile(r"[A-Za-z0-9]+")
_LONG, _LONG_LETTERS, _LONG_DIGITS = 8, 24, 6
# Bounded at its start, so that the time for a long word does not grow with its square.
_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_EXAMPLE = re.compile(r"@example\.(?:com|net|org)$")
_UUID = re.compile(r"\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\b")
_QUERY = re.compile(r"[?&][^=&?#\s\"'<>\\]+=([^&#\s\"'<>\\]{4,})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")
_PUBLIC_HEADERS = re.compile(
    r"date|expires|last-modified|content-length|age|retry-after|(x-)?ratelimit-.*|sunset|deprecation|cache-control"
)
_LIKE_SECRETS = (
    (
        re.compile(r"\b(?:vell_pk_|vp3_|[sp]k[-_](?:live[-_]|test[-_]|proj-)?|gh[pousr]_|xox[bp]-)[A-Za-z0-9]{8,}"),
        "a key",
    ),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"), "a signed token"),
    (re.compile(r"-----BEGIN [A-Z ]*KEY-----"), "a private key"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "a key"),
    (re.compile(r"(?i)\bsignature=([0-9a-f]{32,})"), "a signature"),
)
_WINDOW = 16
_DISTINCT = 4
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){16,}")


def public_text(texts: Iterable[str]) -> frozenset[str]:
    """Return the parts of public texts, in lower case."""
    return frozenset(part.lower() for text in texts for part in _PART.findall(text))


def words(text: str) -> list[str]:
    """Return the words of letters and digits in a text."""
    return _PART.findall(text)


def parts(text: str) -> set[str]:
    """Return what a sent text makes public: its parts, and what looks like a secret in it."""
    found = (each for each, _ in (*suspicious(text), *like_secrets(text)))
    return {*_PART.findall(text), *found}


def sent_texts(call: Call) -> Iterator[str]:
    """Yield what the suite itself sends in the body of a call."""
    if call.json is not None:
        yield json.dumps(call.json, ensure_ascii=False)
    yield from (call.fields or {})
    yield from (call.fields or {}).values()
    yield from (name for file, _, kind in call.files.values() for name in (file, kind))
    if call.body is not None:
        yield call.body.decode("utf-8", "replace")
    if not call.accept.startswith("image/"):
        yield call.url


def cookies(header: str) -> Iterator[str]:
    """Yield the value that Set-Cookie gives, as it is and decoded."""
    value = header.split(";")[0].partition("=")[2].strip(' "')
    yield from {each for each in (value, unquote(value)) if len(each) >= _DISTINCT}


def is_public_header(name: str) -> bool:
    return bool(_PUBLIC_HEADERS.fullmatch(name))


def is_binary(content: bytes) -> bool:
    return b"\0" in content[:1024] or content[:4] in {b"\x89PNG", b"RIFF", b"GIF8"} or content[:2] == b"\xff\xd8"


def suspicious(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is suspicious in a text, with its kind."""
    for found in _EMAIL.findall(text):
        yield found, "an email"
    for found in _UUID.findall(text):
        yield found, "an identifier"
    for found in _QUERY.findall(text):
        yield from ((each, "a query value") for each in {found, unquote(found)})
    for found in _PART.findall(_MOMENT.sub(" ", text)):
        if _is_long(found):
            yield found, "an identifier"


def _is_long(part: str) -> bool:
    if part.isdigit():
        return len(part) >= _LONG_DIGITS
    return len(part) >= (_LONG_LETTERS if part.isalpha() else _LONG)


def like_secrets(text: str) -> Iterator[tuple[str, str]]:
    """Yield what looks like a secret whatever the service sent."""
    for pattern, kind in _LIKE_SECRETS:
        for found in pattern.finditer(text):
            yield found[found.lastindex or 0], kind
    for email in _EMAIL.findall(text):
        if not _EXAMPLE.search(email):
            yield email, "an email"


def forms(text: str) -> set[str]:
    """Return a text as it is, and percent-encoded, in base64, in hex, escaped for JSON, and with the other case."""
    content = text.encode("utf-8", "replace")
    found = {
        text,
        text.swapcase(),
        quote(text, safe=""),
        *(json.dumps(text, ensure_ascii=each)[1:-1] for each in (True, False)),
    }
    if len(content) >= _LONG:
        found |= {content.hex(), content.hex().upper()}
        for shift in range(3):
            encoded = base64.b64encode(b"\0" * shift + content).decode()
            inner = encoded[(0, 2, 3)[shift] : len(encoded) - (0, 3, 2)[(shift + len(content)) % 3]]
            found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return {each for each in found if each}


def within_word(text: str, at: int, length: int) -> bool:
    """Return whether a place in a text is a part of a longer word."""
    around = text[at - 1 : at] if at else ""
    return any(each.isalnum() or each in "_-" for each in around + text[at + length : at + length + 1])


class Windows:
    """Bytes of files, known by pieces at regular distances, so that any longer part of them is found."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def add(self, content: bytes) -> None:
        pieces = (content[at : at + _WINDOW] for at in range(0, len(content) - _WINDOW + 1, _WINDOW))
        self._known.update(piece for piece in pieces if len(set(piece)) >= _DISTINCT)

    def found_in(self, text: str) -> Iterator[bytes]:
        """Yield the pieces of files that a text contains, encoded or not."""
        for content in _decodings(text) if self._known else ():
            pieces = (content[at : at + _WINDOW] for at in range(len(content) - _WINDOW + 1))
            yield from (piece for piece in pieces if piece in self._known)


def _decodings(text: str) -> Iterator[bytes]:
    if len(text) < _WINDOW:
        return
    yield from (text.encode("latin-1", "replace"), text.encode("utf-8", "replace"), unquote_to_bytes(text))
    for found in _HEX.findall(text):
        yield bytes.fromhex(found)
    for found in _ENCODED.findall(text):
        for shift in range(4):
            piece = found[shift:].replace("-", "+").replace("_", "/")
            yield binascii.a2b_base64(piece[: len(piece) // 4 * 4])
