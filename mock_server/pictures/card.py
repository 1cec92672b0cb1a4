"""The words on a picture: a card with the prompt, or a tag with no more than the caption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .lettering import cleaned, font_of, width_of, wrapped

if TYPE_CHECKING:
    from .picture import Picture

SMALLEST_TYPE = 10
SMALLEST_CARD = 112
LEADING = 1.28
INK, FAINT_INK, PAPER = (255, 255, 255), (222, 222, 230), (12, 12, 22)
PAPER_OPACITY = 150
CORNER_DETAIL = 4


def add_card(canvas: Image.Image, picture: Picture, share: float) -> None:
    """Draw the prompt and the caption on the lower part of `canvas`, the prompt in at most `share` of its height.

    Where the canvas is too small for a prompt that can be read, a tag is drawn.
    """
    scale = min(canvas.size)
    if scale < SMALLEST_CARD:
        add_tag(canvas, picture)
        return
    margin, padding = round(scale * 0.045), round(scale * 0.035)
    width = canvas.width - 2 * margin
    lines, size = _prompt_lines(picture.prompt, scale, width - 2 * padding, canvas.height * share)
    small = max(SMALLEST_TYPE, round(scale * 0.022))
    prompt_height = round(len(lines) * size * LEADING)
    caption_top = padding + prompt_height + (round(small * 0.6) if lines else 0)
    height = caption_top + round(small * LEADING) + padding
    left, top = margin, canvas.height - margin - height
    _add_paper(canvas, (left, top, left + width, top + height), padding)
    pen = ImageDraw.Draw(canvas)
    for row, line in enumerate(lines):
        pen.text((left + padding, top + padding + row * size * LEADING), line, INK, font_of(size))
    caption = _caption(picture, small, width - 2 * padding)
    pen.text((left + padding, top + caption_top), caption, FAINT_INK, font_of(small))


def add_tag(canvas: Image.Image, picture: Picture) -> None:
    """Draw the caption small in the lower left corner of `canvas`, shortened to what fits, if anything does."""
    scale = min(canvas.size)
    size = max(SMALLEST_TYPE, round(scale * 0.018))
    margin, padding = round(scale * 0.03), max(2, round(size * 0.45))
    caption = _caption(picture, size, canvas.width - 2 * (margin + padding))
    height = round(size * LEADING) + padding
    if not caption or height + 2 * margin > canvas.height:
        return
    left, top = margin, canvas.height - margin - height
    _add_paper(canvas, (left, top, round(left + width_of(caption, size)) + 2 * padding, top + height), padding)
    ImageDraw.Draw(canvas).text((left + padding, top + padding // 2), caption, INK, font_of(size))


def _prompt_lines(prompt: str, scale: int, width: int, height: float) -> tuple[list[str], int]:
    text = cleaned(prompt)
    for share in (0.056, 0.042, 0.032, 0.025):
        size = max(SMALLEST_TYPE, round(scale * share))
        lines, whole = wrapped(text, size, width, max(1, int(height / (size * LEADING))))
        if whole:
            break
    return lines, size


def _caption(picture: Picture, size: int, width: int) -> str:
    engine = cleaned(picture.engine)
    wordings = (
        f"{engine}  {picture.dimensions}  #{picture.id}",
        f"{picture.dimensions}  #{picture.id}",
        f"#{picture.id}",
    )
    return next((wording for wording in wordings if width_of(wording, size) <= width), "")


def _add_paper(canvas: Image.Image, box: tuple[int, int, int, int], radius: int) -> None:
    width, height = box[2] - box[0], box[3] - box[1]
    mask = Image.new("L", (width, height), PAPER_OPACITY)
    radius = min(radius, width // 2, height // 2)
    corner = _corner(max(1, radius))
    for turn, place in (
        (None, (0, 0)),
        (Image.Transpose.FLIP_LEFT_RIGHT, (width - corner.width, 0)),
        (Image.Transpose.FLIP_TOP_BOTTOM, (0, height - corner.height)),
        (Image.Transpose.ROTATE_180, (width - corner.width, height - corner.height)),
    ):
        mask.paste(corner if turn is None else corner.transpose(turn), place)
    canvas.paste(PAPER, box, mask)


def _corner(radius: int) -> Image.Image:
    side = radius * CORNER_DETAIL
    corner = Image.new("L", (side, side))
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * side, 2 * side), fill=PAPER_OPACITY)
    return corner.reduce(CORNER_DETAIL)
