"""Pictures and uploads by what may be known of them: type, size and hash, never bytes or metadata."""

import hashlib
import io
import warnings

from PIL import Image

from contract_tests.recordings.model import Picture, Upload

_SVG = "image/svg+xml"
_GENERAL = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_HEAD_BYTES = 4096


def picture(content: bytes, media_type: str) -> Picture | None:
    """Return a picture, None if the bytes are none."""
    kind, width, height = _measured(content)
    stated = media_type.partition(";")[0].strip().lower()
    if kind is None and stated == _SVG and b"<svg" in content[:_HEAD_BYTES]:
        kind = _SVG
    if kind is None or not (stated.startswith("image/") or stated in _GENERAL):
        return None
    return Picture(kind, len(content), hashlib.sha256(content).hexdigest(), width, height)


def upload(name: str, content: bytes, media_type: str) -> Upload:
    """Return an uploaded file."""
    _, width, height = _measured(content)
    return Upload(name, media_type, len(content), hashlib.sha256(content).hexdigest(), width, height)


def _measured(content: bytes) -> tuple[str | None, int | None, int | None]:
    """Return media type, width and height of a picture, by its first bytes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of a large picture
        try:
            with Image.open(io.BytesIO(content)) as opened:
                return Image.MIME.get(opened.format or "", "image/unknown"), *opened.size
        # Pillow raises SyntaxError for a broken PNG.
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
            return None, None, None
