"""Text in Pillow's embedded font: cleaning, measuring, wrapping."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PIL import ImageFont

ELLIPSIS = "..."
LONGEST_TEXT = 2000
UNDRAWN = frozenset(("Cf", "Mn", "Me"))
SPACING = frozenset(("Cc", "Zs", "Zl", "Zp"))
LOOKALIKES = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u00d7": "x",
        "\u00df": "ss",
        "\u2022": "*",
        "\u00e6": "ae",
        "\u00f8": "o",
    }
)


@lru_cache(maxsize=64)
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the embedded font at `size` pixels; a character it lacks is drawn as a box."""
    return ImageFont.load_default(size)


@lru_cache(maxsize=16384)
def _advance(character: str, size: int) -> float:
    return font_of(size).getlength(character)


def width_of(text: str, size: int) -> float:
    """Return the width of `text` in pixels."""
    return sum(_advance(character, size) for character in text)


def cleaned(text: str) -> str:
    """Return the start of `text` on one line, in base letters where the font has no accented ones."""
    letters = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].translate(LOOKALIKES))
    drawn = ((letter, unicodedata.category(letter)) for letter in letters)
    line = "".join(" " if category in SPACING else letter for letter, category in drawn if category not in UNDRAWN)
    return " ".join(line.split())


def wrapped(text: str, size: int, width: float, most_lines: int) -> tuple[list[str], bool]:
    """Return `text` in at most `most_lines` lines of `width` pixels, and whether all of it is there.

    Lines end at spaces, a word wider than a line anywhere; text that is cut ends in an ellipsis.
    """
    lines: list[str] = []
    while text and len(lines) < most_lines:
        end = _line_end(text, size, width)
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    if text and lines:
        lines[-1] = _ellipsised(lines[-1], size, width)
    return lines, not text


def _line_end(text: str, size: int, width: float) -> int:
    used = 0.0
    for index, character in enumerate(text):
        used += _advance(character, size)
        if used > width:
            space = text.rfind(" ", 0, index + 1)
            return space if space > 0 else max(index, 1)
    return len(text)


def _ellipsised(line: str, size: int, width: float) -> str:
    while line and width_of(line + ELLIPSIS, size) > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS
