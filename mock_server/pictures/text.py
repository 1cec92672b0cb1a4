"""Text on a picture: a card with the prompt, or a tag with the caption alone, in Pillow's embedded font."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from .picture import Picture

MIN_FONT_PIXELS = 10
MIN_CARD_PIXELS = 112
LEADING = 1.28
INK, FAINT_INK, PAPER = (255, 255, 255), (222, 222, 230), (12, 12, 22)
PAPER_OPACITY = 150
# Pillow draws without anti-aliasing: a corner is drawn this many times larger, and reduced.
CORNER_DETAIL = 4
ELLIPSIS = "..."
MAX_CHARACTERS = 2000
INVISIBLE = frozenset(("Cf", "Mn", "Me"))
SPACES = frozenset(("Cc", "Zs", "Zl", "Zp"))
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


def add_card(canvas: Image.Image, picture: Picture, share: float, above: bool = False) -> None:
    """Draw the prompt and the caption on the lower part of `canvas`, the prompt in at most `share` of its height.

    A tag is drawn instead if the canvas is too small for a readable prompt. above: draw on the upper part, and hide
    what is there.
    """
    scale = min(canvas.size)
    if scale < MIN_CARD_PIXELS:
        add_tag(canvas, picture, above)
        return
    margin, padding = round(scale * 0.045), round(scale * 0.035)
    width = canvas.width - 2 * margin
    lines, size = _prompt_lines(picture.prompt, scale, width - 2 * padding, canvas.height * share)
    small = max(MIN_FONT_PIXELS, round(scale * 0.022))
    # All cards above are equally high, so that each hides the one before.
    prompt_height = round(canvas.height * share if above else len(lines) * size * LEADING)
    caption_top = padding + prompt_height + (round(small * 0.6) if lines else 0)
    height = caption_top + round(small * LEADING) + padding
    left, top = margin, margin if above else canvas.height - margin - height
    _add_paper(canvas, (left, top, left + width, top + height), padding, 255 if above else PAPER_OPACITY)
    pen = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines):
        pen.text((left + padding, top + padding + row * size * LEADING), line, INK, font_of(size))
    caption = _caption(picture, small, width - 2 * padding)
    pen.text((left + padding, top + caption_top), caption, FAINT_INK, font_of(small))


def add_tag(canvas: Image.Image, picture: Picture, above: bool = False) -> None:
    """Draw the caption small in the lower left corner of `canvas`, shortened to what fits, if anything does.

    above: draw in the upper left corner, and hide what is there.
    """
    scale = min(canvas.size)
    size = max(MIN_FONT_PIXELS, round(scale * 0.018))
    margin, padding = round(scale * 0.03), max(2, round(size * 0.45))
    caption = _caption(picture, size, canvas.width - 2 * (margin + padding))
    height = round(size * LEADING) + padding
    if not caption or height + 2 * margin > canvas.height:
        return
    left, top = margin, margin if above else canvas.height - margin - height
    box = left, top, round(left + width_of(caption, size)) + 2 * padding, top + height
    _add_paper(canvas, box, padding, 255 if above else PAPER_OPACITY)
    ImageDraw.Draw(canvas).text((left + padding, top + padding // 2), caption, INK, font_of(size))


def _prompt_lines(prompt: str, scale: int, width: int, height: float) -> tuple[list[str], int]:
    text = cleaned(prompt)
    for share in (0.056, 0.042, 0.032, 0.025):
        size = max(MIN_FONT_PIXELS, round(scale * share))
        lines, fits = wrapped(text, size, width, max(1, int(height / (size * LEADING))))
        if fits:
            break
    return lines, size


def _caption(picture: Picture, size: int, width: int) -> str:
    engine = cleaned(picture.engine)
    captions = (
        f"{engine}  {picture.dimensions}  #{picture.id}",
        f"{picture.dimensions}  #{picture.id}",
        f"#{picture.id}",
    )
    return next((caption for caption in captions if width_of(caption, size) <= width), "")


def _add_paper(canvas: Image.Image, box: tuple[int, int, int, int], radius: int, opacity: int) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    mask = Image.new("L", (width, height), opacity)
    radius = min(radius, width // 2, height // 2)
    corner = _corner(max(1, radius), opacity)
    for turn, place in (
        (None, (0, 0)),
        (Image.Transpose.FLIP_LEFT_RIGHT, (width - corner.width, 0)),
        (Image.Transpose.FLIP_TOP_BOTTOM, (0, height - corner.height)),
        (Image.Transpose.ROTATE_180, (width - corner.width, height - corner.height)),
    ):
        mask.paste(corner if turn is None else corner.transpose(turn), place)
    canvas.paste(PAPER, box, mask)


def _corner(radius: int, opacity: int) -> Image.Image:
    side = radius * CORNER_DETAIL
    corner = Image.new("L", (side, side))
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * side, 2 * side), fill=opacity)
    return corner.reduce(CORNER_DETAIL)


@lru_cache(maxsize=64)
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the embedded font at `size` pixels; a character that it lacks is drawn as a box."""
    return ImageFont.load_default(size)


# Cached: wrapping measures the same characters again for each size that it tries.
@lru_cache(maxsize=16384)
def _advance(character: str, size: int) -> float:
    return font_of(size).getlength(character)


def width_of(text: str, size: int) -> float:
    """Return the width of `text` in pixels."""
    return sum(_advance(character, size) for character in text)


def cleaned(text: str) -> str:
    """Return the start of `text` on one line, with accents removed, which the font lacks."""
    letters = unicodedata.normalize("NFKD", text[:MAX_CHARACTERS].translate(LOOKALIKES))
    drawn = ((letter, unicodedata.category(letter)) for letter in letters)
    line = "".join(" " if category in SPACES else letter for letter, category in drawn if category not in INVISIBLE)
    return " ".join(line.split())


def wrapped(text: str, size: int, width: float, max_lines: int) -> tuple[list[str], bool]:
    """Return `text` in at most `max_lines` lines of `width` pixels, and whether all of it fits.

    Lines break at spaces, and inside a word that is wider than a line; text that is cut ends in an ellipsis.
    """
    lines: list[str] = []
    while text and len(lines) < max_lines:
        end = _line_end(text, size, width)
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    if text and lines:
        lines[-1] = _with_ellipsis(lines[-1], size, width)
    return lines, not text


def _line_end(text: str, size: int, width: float) -> int:
    used = 0.0
    for index, character in enumerate(text):
        used += _advance(character, size)
        if used > width:
            space = text.rfind(" ", 0, index + 1)
            return space if space > 0 else max(index, 1)
    return len(text)


def _with_ellipsis(line: str, size: int, width: float) -> str:
    while line and width_of(line + ELLIPSIS, size) > width:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS
