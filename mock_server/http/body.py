"""Request bodies: from bytes to valid fields, with a bound on what all requests together hold in memory."""

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from mock_server import pictures
from mock_server.contract import Finding
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters
from mock_server.domain.behaviour import Behaviour
from mock_server.stores.protocol import Shelf

from .context import Fields, RequestContext, SentFile, Source, Upload
from .fairness import FairLimiter, run_in_thread
from .replies import ClientGoneError, RefusedError, error, invalid
from .validation import validate

if TYPE_CHECKING:
    from .multipart import Part

# White space, and the invisible characters that come with pasted text; products of the same family trim them too.
_TRIMMED = " \t\n\r\0\x0b\x0c\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff\u200b\u200e" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_MAX_LEVELS = 64
_MAX_SMALL_BYTES = 65_536
_MAX_PARSERS = _MAX_DECODERS = 2
_CONTAINERS = (dict, list)


class BodyReader:
    """Reads and validates bodies within the limits of a behaviour; uploaded images go to the shelf `sources`.

    A body above 64 KiB needs one of `max_large_bodies` places. It is then parsed in a thread, and its upload decoded in
    a process, two at a time. No account can use up the places, so that its slow or expensive uploads delay its own.
    """

    def __init__(self, behaviour: Behaviour, sources: Shelf[bytes]) -> None:
        self._behaviour = behaviour
        self._sources = sources
        self._places = FairLimiter(behaviour.max_large_bodies, behaviour.max_large_bodies // 2)
        self._parsers = FairLimiter(_MAX_PARSERS, _MAX_PARSERS - 1)
        self._decoders = FairLimiter(_MAX_DECODERS, _MAX_DECODERS - 1)

    async def read_fields(self, context: RequestContext, parameters: Parameters) -> Fields:
        """Return the fields that an operation declares, with uploaded images as Source; raise RefusedError.

        The fields as they were sent are stored in `context.sent_fields`, even if they are invalid.
        """
        headers, limit = context.headers, self._behaviour.max_body_bytes
        if headers.content_length > limit:
            raise RefusedError(error("too-large", limit=limit))
        parse = partial(parse_body, headers.content_type, max_parts=self._behaviour.max_form_parts)
        body = bytearray()
        more = await self._read(context, body, _MAX_SMALL_BYTES)
        if len(body) <= _MAX_SMALL_BYTES:
            return await self._validated(context, parameters, *parse(bytes(body)))
        # Nothing is read meanwhile, which pauses the client's deadline. No wait is endless: the holder of a place waits
        # for its client, at most `client_seconds`, and for threads, which wait for nothing.
        client = context.headers.token
        async with self._places.place(client):
            if more:
                await self._read(context, body, limit)
            async with self._parsers.place(client):
                parsed = await run_in_thread(parse, bytes(body))
            return await self._validated(context, parameters, *parsed)

    async def _read(self, context: RequestContext, body: bytearray, enough: int) -> bool:
        """Read until there are more than `enough` bytes, and return whether more is to come.

        Raise ClientGoneError, or RefusedError for a body that is too large.
        """
        limit, more = self._behaviour.max_body_bytes, True
        while more and len(body) <= enough:
            message = await context.receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise RefusedError(error("too-large", limit=limit))
        return more

    async def _validated(
        self, context: RequestContext, parameters: Parameters, fields: Fields, textual: bool
    ) -> Fields:
        context.sent_fields = without_file_bytes(fields) if textual else fields
        fields, findings = validate(parameters, fields, textual, self._behaviour)
        if findings:
            raise RefusedError(invalid(findings))
        if textual:
            for name, value in fields.items():
                if isinstance(value, Upload):
                    fields[name] = await self._stored(context, name, value)
        return fields

    async def _stored(self, context: RequestContext, name: str, upload: Upload) -> Source:
        """Put an uploaded image on the shelf, and return its key and size; raise RefusedError."""
        try:
            async with self._decoders.place(context.headers.token):
                source = await run_in_thread(partial(_measured, self._behaviour), upload.data)
        except pictures.UnreadableImage as problem:
            raise RefusedError(invalid([finding(name, "image", f"must be an image: {problem}")])) from problem
        await self._sources.put(source.key, upload.data)
        return source


def _measured(behaviour: Behaviour, data: bytes) -> Source:
    width, height = pictures.measure(data, behaviour.max_pixels, behaviour.decode_seconds)
    return Source(hashlib.blake2b(data, digest_size=16).hexdigest(), width, height)


def without_file_bytes(fields: Fields) -> Fields:
    """Return the fields of a form with a SentFile in place of each Upload."""
    # The context of a request lives as long as its generation: it must not hold the bytes.
    return {name: SentFile(len(value.data)) if isinstance(value, Upload) else value for name, value in fields.items()}


def parse_body(content_type: str, body: bytes, max_parts: int) -> tuple[Fields, bool]:
    """Return the fields of a body, and whether they are text, from a form; raise RefusedError.

    Values are trimmed and empty ones left out [VALID-TRIM]; a file is an Upload.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _trimmed(_multipart(content_type, body, max_parts)), True
    if kind == "application/x-www-form-urlencoded":
        return _trimmed(_urlencoded(body, max_parts)), True
    if kind == "application/json" or kind.endswith("+json"):
        return _trimmed(_json(body)), False
    if body:
        raise _unreadable(
            "The request body must be application/json, multipart/form-data or application/x-www-form-urlencoded:"
            f" the Content-Type is {kind[:80] or 'missing'}."
        )
    return {}, False


def _json(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as malformed:
        raise _unreadable(f"The request body is not valid JSON: {malformed}.") from malformed
    except RecursionError as deep:
        raise _unreadable("The request body is not valid JSON: it is nested too deeply.") from deep
    if not isinstance(value, dict):
        raise _unreadable("The request body must be a JSON object.")
    # Most bodies are flat, and need no recursion.
    nested = [each for each in value.values() if isinstance(each, _CONTAINERS)]
    if nested and _is_deeper(nested, _MAX_LEVELS):
        raise _unreadable(f"The request body is nested too deeply: more than {_MAX_LEVELS} levels.")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, _CONTAINERS):
        return False
    return levels == 0 or any(
        _is_deeper(each, levels - 1) for each in (value.values() if isinstance(value, dict) else value)
    )


def _urlencoded(body: bytes, max_fields: int) -> Mapping[str, Any]:
    try:
        return dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=max_fields))
    except ValueError as many:
        raise _unreadable(f"The form cannot be read: it has more than {max_fields} fields.") from many


def _multipart(content_type: str, body: bytes, max_parts: int) -> Mapping[str, Any]:
    from .multipart import MultipartError, parse_multipart  # rarely used, and slow to import

    try:
        parts = parse_multipart(content_type, body, max_parts)
    except MultipartError as malformed:
        raise _unreadable(f"The form cannot be read: {malformed}.") from malformed
    return {part.name: part.text if part.filename is None else _upload(part) for part in parts}


def _upload(part: "Part") -> Upload | None:
    """Return the file, or None for the empty part that a browser sends when no file was chosen."""
    return Upload(bytes(part.data)) if part.data or part.filename else None


def _unreadable(message: str) -> RefusedError:
    return RefusedError(invalid([Finding("body", "unreadable", message)]))


def _trimmed(fields: Mapping[str, Any]) -> Fields:
    trimmed = {}
    for name, value in fields.items():
        kept = value.strip(_TRIMMED) if isinstance(value, str) else value
        if kept is not None and kept != "":
            trimmed[name] = kept
    return trimmed
