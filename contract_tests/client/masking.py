"""Secrets, and the masking of them, of cookies and of uploads in everything that is printed or written."""

import base64
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, unquote

MASK = "***"
_DISTINCT = 12  # a shorter token may be part of a word, so it is masked only where it stands alone
_STEP = 4  # so that any 15 characters of an upload or a cookie contain a whole fragment
_USERINFO = re.compile(r"(?<=://)[^/\s@\"'<>]+@")


class Secret:
    """A value that only `reveal` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def altered(self) -> tuple[str, ...]:
        """Return wrong tokens that are similar to the value."""
        value = self._value
        nearly = (value[:-1], value + value[-1], value.swapcase())
        return tuple(text for text in nearly if text not in ("", value))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Masker:
    """Masks every known token in a text, in any encoding, and the values learned in the run."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        # The tests send similar tokens too, which would give the real one away.
        texts = {text for secret in secrets for text in (secret.reveal(), *secret.altered())}
        forms = {form for text in texts for form in _forms(text)}
        # The longest first, since an alternation takes the first branch that matches.
        patterns = [_pattern(form) for form in sorted(forms, key=len, reverse=True)]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._fragments = _Fragments()
        for form in forms:
            self._fragments.learn(form, step=1)
        self._uploads: set[int] = set()

    def __call__(self, text: str) -> str:
        text = _USERINFO.sub(f"{MASK}@", text)
        return self._fragments.masked(self._pattern.sub(MASK, text) if self._pattern else text)

    def replace(self, text: str, secret: Callable[[str], str], rest: Callable[[str], str]) -> str:
        """Return a text with each token in it, in any encoding, and all between them replaced by these functions."""
        parts, end = [], 0
        for found in self._pattern.finditer(text) if self._pattern else ():
            parts += [rest(text[end : found.start()]), secret(found[0])]
            end = found.end()
        return "".join(parts) + rest(text[end:])

    def without_secrets(self, content: bytes) -> bytes:
        """Return the content of a file with the secrets masked, and everything else unchanged."""
        if self._pattern is None:
            return content
        return self._pattern.sub(MASK, content.decode("latin-1")).encode("latin-1")

    def learn_cookie(self, header: str) -> None:
        """Mask from now on the value that a Set-Cookie header gives."""
        value = header.partition("=")[2].partition(";")[0].strip(' "')
        for each in {value, unquote(value)}:
            for form in _text_forms(each):
                self._fragments.learn(form)

    def learn_upload(self, content: bytes) -> None:
        """Mask from now on every part of an uploaded file."""
        if hash(content) in self._uploads:
            return
        self._uploads.add(hash(content))
        for form in _upload_forms(content):
            self._fragments.learn(form)


class _Fragments:
    """Long values, known by fragments, so that a part of one is masked too."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, text: str, step: int = _STEP) -> None:
        last = len(text) - _DISTINCT
        starts = [*range(0, last, step), last] if last >= 0 else []
        pieces = (text[start : start + _DISTINCT] for start in starts)
        # Repeated characters, like padding, reveal nothing and would match too much.
        self._known.update(piece for piece in pieces if len(set(piece)) >= _STEP)

    def masked(self, text: str) -> str:
        if not self._known:
            return text
        parts, end = [], 0
        for first, last in _joined(at for at in range(len(text)) if text[at : at + _DISTINCT] in self._known):
            parts += [text[end:first], MASK]
            end = last
        return "".join(parts) + text[end:]


def _joined(starts: Iterable[int]) -> list[tuple[int, int]]:
    """Return the spans of the fragments that start at these offsets; overlapping and adjacent ones are merged."""
    spans: list[tuple[int, int]] = []
    for start in starts:
        first = spans.pop()[0] if spans and start <= spans[-1][1] else start
        spans.append((first, start + _DISTINCT))
    return spans


def _forms(token: str) -> set[str]:
    # Of a token like 11|SECRET the second part alone must not show either.
    bare = token.rpartition("|")[2]
    tokens = {token, bare} if len(bare) >= _DISTINCT else {token}
    return tokens.union(*(_base64_forms(each.encode()) for each in tokens))


def _pattern(form: str) -> str:
    escaped = "".join(map(_escaped, form))
    return escaped if len(form) >= _DISTINCT else rf"(?<![\w-]){escaped}(?![\w-])"


def _escaped(character: str) -> str:
    """Return a pattern for a character, plain or escaped for JSON, URLs or HTML; letters and digits stay plain."""
    if character.isascii() and character.isalnum():
        return character
    code = ord(character)
    # (?:25)*, (?:amp;)* and \\* match what was encoded more than once.
    quoted = "".join(f"%(?:25)*(?:{byte:02x}|{byte:02X})" for byte in character.encode())
    named = html.escape(character).removeprefix("&")
    numbered = f"#0*{code};|#[xX]0*(?:{code:x}|{code:X});"
    unicode = rf"\\+u(?:{code:04x}|{code:04X})"
    return rf"(?:\\*{re.escape(character)}|{quoted}|{unicode}|&(?:amp;)*(?:{numbered}|{re.escape(named)}))"


def _text_forms(text: str) -> set[str]:
    escaped = {json.dumps(text, ensure_ascii=ascii_)[1:-1] for ascii_ in (True, False)}
    return {text, quote(text, safe=""), html.escape(text), *escaped, *(json.dumps(form)[1:-1] for form in escaped)}


def _base64_forms(content: bytes) -> Iterator[str]:
    """Yield the base64 of the bytes at each of the three possible offsets in a longer text, in both alphabets."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + content).decode()
        inner = encoded[(0, 2, 3)[shift] : len(encoded) - (0, 3, 2)[(shift + len(content)) % 3]]
        if len(inner) >= _DISTINCT:
            yield inner
            yield inner.translate(str.maketrans("+/", "-_"))


def _upload_forms(content: bytes) -> set[str]:
    texts = {content.decode("utf-8", "replace"), content.decode("latin-1")}
    encoded = {content.hex(), content.hex().upper(), quote(content, safe=""), *_base64_forms(content)}
    return encoded.union(*map(_text_forms, texts))
