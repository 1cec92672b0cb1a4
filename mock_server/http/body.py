"""Request bodies: from bytes to valid fields, with a bound on what all requests together hold in memory."""

import hashlib
from functools import partial
from typing import Any

from mock_server import pictures
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters
from mock_server.domain.behaviour import Behaviour
from mock_server.stores.protocol import Shelf

from .context import Fields, RequestContext, SentFile, Source, Upload
from .fairness import FairLimiter, run_in_thread
from .parsing import Body, parse_body, with_query
from .replies import ClientGoneError, RefusedError, error, invalid
from .validation import validate

_MAX_SMALL_BYTES = 65_536
_MAX_PARSERS = _MAX_DECODERS = 2
# Only these: some clients write a charset there, and PHP takes no notice of it.
_COMPRESSIONS = frozenset({"gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd", "dcb", "dcz"})


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
        if b"content-encoding" in headers.values:
            _check_encoding(headers.get(b"content-encoding"))
        if headers.content_length > limit:
            raise RefusedError(error("too-large", limit=limit))
        parse = partial(parse_body, headers.content_type, behaviour=self._behaviour)
        body = bytearray()
        more = await self._read(context, body, _MAX_SMALL_BYTES)
        if len(body) <= _MAX_SMALL_BYTES:
            return await self._validated(context, parameters, parse(bytes(body)))
        # Nothing is read meanwhile, which pauses the client's deadline. No wait is endless: the holder of a place waits
        # for its client, at most `client_seconds`, and for threads, which wait for nothing.
        client = context.headers.token
        async with self._places.place(client):
            if more:
                await self._read(context, body, limit)
            async with self._parsers.place(client):
                parsed = await run_in_thread(parse, bytes(body))
            return await self._validated(context, parameters, parsed)

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

    async def _validated(self, context: RequestContext, parameters: Parameters, body: Body) -> Fields:
        if context.scope["query_string"]:
            body = with_query(body, context.scope["query_string"], self._behaviour)
        context.sent_fields = without_file_bytes(body.fields) if body.textual else body.fields
        fields, findings = validate(parameters, body, self._behaviour)
        if findings:
            raise RefusedError(invalid(findings))
        if body.textual:
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


def _check_encoding(encodings: str) -> None:
    """Raise RefusedError for a body that is compressed: PHP reads none. [RFC 9110, 8.4]"""
    for each in encodings.split(","):
        if each.strip().lower() in _COMPRESSIONS:
            raise RefusedError(error("encoded", {"Accept-Encoding": "identity"}, encoding=each.strip()))


def _measured(behaviour: Behaviour, data: bytes) -> Source:
    width, height = pictures.measure(data, behaviour.max_pixels, behaviour.decode_seconds)
    return Source(hashlib.blake2b(data, digest_size=16).hexdigest(), width, height)


def without_file_bytes(fields: Fields) -> Fields:
    """Return the fields of a form with a SentFile in place of each Upload."""
    # The context of a request lives as long as its generation: it must not hold the bytes.
    return {name: _without_bytes(value) for name, value in fields.items()}


def _without_bytes(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_bytes(each) for each in value]
    if isinstance(value, dict):
        return without_file_bytes(value)
    return SentFile(len(value.data)) if isinstance(value, Upload) else value
