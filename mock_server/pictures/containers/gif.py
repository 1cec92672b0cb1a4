"""GIF: the first frame."""

from __future__ import annotations

from mock_server.pictures.picture import UnreadableImage

from .container import CUT_SHORT, Container

_SCREEN_BYTES, _IMAGE_BYTES = 13, 10
_EXTENSION, _IMAGE = 0x21, 0x2C
_TRAILER = b"\0;"
_GRAPHIC_CONTROL = 0xF9  # has the transparent colour
_HAS_COLOURS, _COLOUR_BITS = 0x80, 0x07


def reduced(data: bytes) -> Container:
    """Return the file up to its first frame, without comments and other extensions; raise UnreadableImage."""
    if len(data) < _SCREEN_BYTES:
        raise UnreadableImage(CUT_SHORT)
    position = _SCREEN_BYTES + _colour_bytes(data[10])
    kept, control = [data[:position]], b""
    while position + 1 < len(data):
        if data[position] == _IMAGE and position + _IMAGE_BYTES < len(data):
            # After the colours, one byte says how many bits a code has.
            pixels = position + _IMAGE_BYTES + _colour_bytes(data[position + 9]) + 1
            end = _blocks_end(data, pixels)
            # Not after a block that is cut short, which would take it for its own.
            trailer = _TRAILER if end <= len(data) + 1 else b""
            return Container("GIF", b"".join((*kept, control, data[position:end], trailer)))
        if data[position] != _EXTENSION:
            position += 1  # as decoders do
            continue
        end = _blocks_end(data, position + 2)
        if data[position + 1] == _GRAPHIC_CONTROL:
            control = data[position:end]
        position = end
    raise UnreadableImage(CUT_SHORT)


def _colour_bytes(flags: int) -> int:
    return 3 << ((flags & _COLOUR_BITS) + 1) if flags & _HAS_COLOURS else 0


def _blocks_end(data: bytes, position: int) -> int:
    """Return where a series of blocks ends, each with its length in front and the last one empty."""
    while position < len(data) and (length := data[position]):
        position += 1 + length
    return position + 1
