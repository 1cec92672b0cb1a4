"""multipart/form-data: from bytes to parts, in memory. The caller limits the bytes."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MAX_PART_HEADERS = 8
_MAX_PART_HEADER_BYTES = 4096
_TOO_MANY_HEADERS = (
    f"a part has more than {_MAX_PART_HEADERS} headers, or one of more than {_MAX_PART_HEADER_BYTES} bytes"
)


class MultipartError(ValueError):
    """The bytes are not a form; the message says why."""


@dataclass(slots=True)
class Part:
    """One field of a form. filename: None if the part is not a file."""

    name: str
    filename: str | None
    data: bytearray = field(default_factory=bytearray)

    @property
    def text(self) -> str:
        """The part as text; bytes that are not UTF-8 are replaced."""
        return self.data.decode(errors="replace")


def parse_multipart(content_type: str, body: bytes, max_parts: int) -> list[Part]:
    """Return the parts of a form, in order; raise MultipartError."""
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise MultipartError("the Content-Type has no boundary")
    parts = _Parts(max_parts)
    try:
        parser = MultipartParser(
            boundary,
            parts.callbacks(),
            max_header_count=_MAX_PART_HEADERS,
            max_header_size=_MAX_PART_HEADER_BYTES,
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        # The library has no class of its own for this limit.
        raise MultipartError(_TOO_MANY_HEADERS if str(error).startswith("Maximum header") else str(error)) from error
    if not parts.ended:  # the library accepts a form that is cut
        raise MultipartError("it ends before its last boundary")
    return parts.complete


class _Parts:
    """The parts that the parser has read so far; it calls the methods as it reads."""

    def __init__(self, max_parts: int) -> None:
        self._max_parts = max_parts
        self.complete: list[Part] = []
        self.ended = False
        self._headers: dict[bytes, bytes] = {}
        self._name = b""
        self._value = b""

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._on_name,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_headers_finished": self._on_headers,
            "on_part_data": self._on_data,
            "on_end": self._on_end,
        }

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _on_headers(self) -> None:
        options = parse_options_header(self._headers.get(b"content-disposition", b""))[1]
        if b"name" not in options:
            raise MultipartError("a part has no name")
        if len(self.complete) == self._max_parts:
            raise MultipartError(f"it has more than {self._max_parts} parts")
        filename = options.get(b"filename")
        name = options[b"name"].decode(errors="replace")
        self.complete.append(Part(name, None if filename is None else filename.decode(errors="replace")))

    def _on_data(self, data: bytes, start: int, end: int) -> None:
        self.complete[-1].data += data[start:end]

    def _on_end(self) -> None:
        self.ended = True
