"""Replaces all that is not known to be public by stand-ins, word by word, so that equal words stay equal everywhere."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from contract_tests.client.masking import Masker
from contract_tests.recordings import headers
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.vocabulary import documented_keys, is_public
from contract_tests.recordings.words import WORD_CHARACTER, Piece, pieces, words

MAX_DEPTH = 50
_MAX_INTEGER = 2**63
_MAX_EXACT = 2**53
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_LEAST_PHRASE = 8
_IN_WORD = re.compile(WORD_CHARACTER * 2)
# Bounded at its start, so that the time for a long word does not grow with its square.
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
_UUID = r"(?<![\w-])[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![\w-])"
_TIME = r"[0-2]\d:[0-5]\d:[0-6]\d(?:\.\d{1,9})?(?:Z|[+-][01]\d:?[0-5]\d)?"
# Of these years alone: a date of birth is a secret.
_DATE = rf"(?<![\w.:-])20[23]\d-[01]\d-[0-3]\d[T ]{_TIME}(?![\w:])"
_USER = r"(?<=://)[^/\s@\"'<>]+@"
_SIGNS = r"[!-$&-/:-@\[-`{-~]{8,}"
_MIN_DISTINCT_SIGNS = 5
_QUERY = r"[?&](?:amp;)?[^=&?#\s\"'<>\\]{1,64}="
_VALUE = r"[^&#\s\"'<>\\]+"


class TooDeepError(ValueError):
    """A JSON value is nested too deeply to be written."""


class Sanitiser:
    """Sanitises replies. addresses: those of the target, whose hosts and paths are public."""

    def __init__(self, masker: Masker, stand_ins: StandIns, addresses: Iterable[str] = ()) -> None:
        self._masker, self.stand_ins = masker, stand_ins
        parts = [urlsplit(address) for address in addresses]
        self._sent = {word for part in parts for word in words(f"{part.netloc}{part.path}") if not word.isdigit()}
        self._sent |= {str(part.port) for part in parts if part.port}
        self._phrases: set[str] = set()
        self._lengths: list[int] = []
        self._pattern = _pattern({text for part in parts for text in (part.netloc, part.hostname) if text})

    def learn(self, texts: Iterable[str]) -> None:
        """Note texts that were sent to the service, which are public from now on."""
        for text in map(self._masker, texts):
            self._sent.update(word for word in words(text) if not (word.isdigit() or self.stand_ins.replaces(word)))
            if len(text) >= _LEAST_PHRASE and not text.isdigit():
                self._phrases.add(text)
        self._lengths = sorted({len(text) for text in self._phrases}, reverse=True)

    def text(self, text: str, *, sensitive: bool = False) -> str:
        """Return a text. sensitive: its public words are replaced too."""
        text = writable(text)
        if not sensitive and (known := self._phrase(text)):
            return known + self._text(text[len(known) :])
        return self._text(text, sensitive=sensitive)

    def sent(self, text: str, role_of: Callable[[str], str | None]) -> str:
        """Return a text that was sent, with the role in the place of each token."""
        return self._masker.replace(writable(text), lambda token: self._placeholder(token, role_of), str)

    def header_sent(self, text: str, role_of: Callable[[str], str | None]) -> str:
        """Return the value of an Authorization header; a token of no role is replaced by a stand-in."""
        scheme, space, token = text.partition(" ")
        if role := role_of(token if space else scheme):
            return f"{self.text(scheme)} {{{role}}}" if space else f"{{{role}}}"
        return self._masker.replace(writable(text), lambda each: self._placeholder(each, role_of), self._text)

    def _placeholder(self, token: str, role_of: Callable[[str], str | None]) -> str:
        role = role_of(token)
        return f"{{{role}}}" if role else self._between(token, sensitive=True)

    def json(self, value: Any) -> Any:
        """Return a JSON value; raise TooDeepError."""
        return self._json(value, sensitive=False, depth=0)

    def headers(self, given: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of a reply, by their names in lower case."""
        return {self.text(name.lower()): self._header(name.lower(), value) for name, value in given.items()}

    def _header(self, name: str, value: str) -> str:
        if headers.is_plain(name, value):
            return value
        if name == "set-cookie":
            return headers.by_cookie(value, self._text)
        return headers.keeping_numbers(name, value, lambda text: self._text(text, sensitive=not headers.is_known(name)))

    def _json(self, value: Any, *, sensitive: bool, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise TooDeepError
        if isinstance(value, str):
            return self.text(value, sensitive=sensitive)
        if isinstance(value, Mapping):
            return {
                self.text(key): self._json(each, sensitive=sensitive or key not in documented_keys(), depth=depth + 1)
                for key, each in value.items()
            }
        if isinstance(value, Sequence):
            return [self._json(each, sensitive=sensitive, depth=depth + 1) for each in value]
        return value if value is None or isinstance(value, bool) else self._number(value, sensitive=sensitive)

    def _number(self, value: Any, *, sensitive: bool) -> Any:
        if isinstance(value, float) and not (value.is_integer() and abs(value) < _MAX_EXACT):
            return float(self.stand_ins.number(repr(value))) if math.isfinite(value) else None
        drawn = int(self._word(str(abs(int(value))), sensitive=sensitive)) * (-1 if value < 0 else 1)
        if isinstance(value, float):
            return float(drawn)
        return drawn if -_MAX_INTEGER <= drawn < _MAX_INTEGER else msgspec.Raw(str(drawn).encode())

    def _text(self, text: str, *, sensitive: bool = False) -> str:
        return self._masker.replace(
            text,
            lambda token: self._between(token, sensitive=True),
            lambda rest: self._between(rest, sensitive=sensitive),
        )

    def _between(self, text: str, *, sensitive: bool) -> str:
        return self._pattern.sub(lambda found: self._found(found, sensitive=sensitive), text)

    def _found(self, found: re.Match[str], *, sensitive: bool) -> str:
        whole = found[0]
        match found.lastgroup:
            case "address" | "date":
                return whole
            case "signs":
                return self._signs(whole)
            case "email":
                return self.stand_ins.email(whole)
            case "uuid":
                return self.stand_ins.uuid(whole)
            case "user":
                return self._run(whole, sensitive=True)
            case "value":
                return self._run(found["name"], sensitive=sensitive) + self._run(found["value"], sensitive=True)
        return self._run(whole, sensitive=sensitive)

    def _signs(self, text: str) -> str:
        """Return punctuation; so much of it may be a password. The outer signs keep its stand-in apart from words."""
        if len(set(text)) < _MIN_DISTINCT_SIGNS:
            return text
        return text[0] + self.stand_ins.word(text[1:-1]) + text[-1]

    def _run(self, text: str, *, sensitive: bool) -> str:
        return "".join(self._piece(piece, sensitive=sensitive) for piece in pieces(text))

    def _piece(self, piece: Piece, *, sensitive: bool) -> str:
        if not piece.word:
            return piece.source
        word = self._word(piece.text, sensitive=sensitive)
        if word == piece.text:
            return piece.source
        return quote(word) if "%" in piece.source else word

    def _word(self, word: str, *, sensitive: bool) -> str:
        if not sensitive and self._is_public(word):
            return word
        return self.stand_ins.word(word, sensitive=self._is_public(word))

    def _is_public(self, word: str) -> bool:
        return not self.stand_ins.replaces(word) and (is_public(word) or word in self._sent)

    def _phrase(self, text: str) -> str | None:
        """Return the longest text that was sent and with which this one begins, up to the end of a word."""
        return next(
            (
                text[:length]
                for length in self._lengths
                if text[:length] in self._phrases and not _IN_WORD.match(text, length - 1)
            ),
            None,
        )


def writable(text: str) -> str:
    """Return a text without halves of surrogate pairs, which no file can contain."""
    return _SURROGATES.sub("\ufffd", text)


def _pattern(addresses: set[str]) -> re.Pattern[str]:
    known = "|".join(re.escape(each) for each in sorted(addresses, key=len, reverse=True)) or "(?!)"
    return re.compile(
        rf"(?P<address>(?<![\w.@-])(?:{known})(?![\w-]|\.\w))|(?P<user>{_USER})|(?P<name>{_QUERY})(?P<value>{_VALUE})"
        rf"|(?P<signs>{_SIGNS})|(?P<email>{_EMAIL})|(?P<uuid>{_UUID})|(?P<date>{_DATE})|(?P<run>(?:%[0-9A-Fa-f]{{2}}|{WORD_CHARACTER})+)"
    )
