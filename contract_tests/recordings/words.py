"""Cuts a text into words and what is between them, percent-encoded or not."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

# Everything but ASCII punctuation, white space and a few signs of typography can be a part of a secret; so can a
# percent sign, since it would encode what takes the place of the word after it.
_SEPARATORS = r"\t\n\r -$&-/:-@\[-`{-~\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\ufffd"
WORD_CHARACTER = rf"[^{_SEPARATORS}]"
_IS_WORD = re.compile(WORD_CHARACTER)
_UNITS = re.compile(r"(?:%[0-9A-Fa-f]{2})+|.", re.DOTALL)


class Piece(NamedTuple):
    """A word, or what is between two. text: decoded. source: as it was written."""

    word: bool
    text: str
    source: str


def pieces(text: str) -> list[Piece]:
    """Return the pieces of a text; their sources together are the text."""
    found = []
    for word, units in groupby(_units(text), key=lambda unit: bool(_IS_WORD.match(unit[0]))):
        several = list(units)
        found.append(Piece(word, "".join(unit[0] for unit in several), "".join(unit[1] for unit in several)))
    return found


def words(text: str) -> list[str]:
    """Return the words of a text, decoded."""
    return [piece.text for piece in pieces(text) if piece.word]


def _units(text: str) -> Iterator[tuple[str, str]]:
    """Yield each character with its source."""
    for found in _UNITS.finditer(text):
        source = found[0]
        yield from _decoded(source) if len(source) > 1 else [(source, source)]


def _decoded(source: str) -> Iterator[tuple[str, str]]:
    content = unquote_to_bytes(source)
    try:
        characters = content.decode()
    except UnicodeDecodeError:
        # Other bytes than those of a text count as a word.
        characters = content.decode("latin-1").translate({code: 0xE000 + code for code in range(128, 256)})
    start = 0
    for character in characters:
        size = 3 * (1 if 0xE000 <= ord(character) < 0xE100 else len(character.encode()))
        yield character, source[start : start + size]
        start += size
