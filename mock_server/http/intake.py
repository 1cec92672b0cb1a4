"""Intake: from a request to valid fields, with a bound on what all requests together hold in memory."""

import hashlib
from functools import partial

from anyio import CapacityLimiter, to_thread

from mock_server import pictures
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters
from mock_server.domain.behaviour import Behaviour
from mock_server.stores.protocol import Shelf

from .body import Fields, Source, Upload, parse_body
from .context import Visit, remembered
from .replies import ClientGoneError, RefusedError, error, invalid
from .validation import validate

_SMALL = 65_536
_DECODERS = 2


class Intake:
    """Takes requests in, within the limits of a behaviour; uploads go to the shelf `sources`.

    Once a body grows beyond 64 KiB it needs a place, of which there are `max_large_bodies`; it is then parsed, and its
    upload decoded, off the event loop, two at a time. Who waits for a place reads nothing meanwhile, and so uses up
    nothing of its client's `client_seconds`. Nobody waits for ever: who has a place waits only for its client, for
    no longer than `client_seconds`, and for those who parse or decode, who wait for nobody.
    """

    def __init__(self, behaviour: Behaviour, sources: Shelf[bytes]) -> None:
        self._behaviour = behaviour
        self._sources = sources
        self._places = CapacityLimiter(behaviour.max_large_bodies)
        self._decoders = CapacityLimiter(_DECODERS)

    async def fields(self, visit: Visit, parameters: Parameters) -> Fields:
        """Return the fields that an operation declares; an uploaded image is a Source. Raise RefusedError.

        The visit takes note of what came with it, valid or not.
        """
        self._check_length(visit.head.header(b"content-length"))
        how = partial(parse_body, visit.head.header(b"content-type"), max_parts=self._behaviour.max_form_parts)
        body = bytearray()
        more = await self._read(visit, body, _SMALL)
        if len(body) <= _SMALL:
            return await self._valid(visit, parameters, *how(bytes(body)))
        async with self._places:
            if more:
                await self._read(visit, body, self._behaviour.max_body_bytes)
            parsed = await to_thread.run_sync(how, bytes(body), limiter=self._decoders)
            return await self._valid(visit, parameters, *parsed)

    def _check_length(self, declared: str) -> None:
        limit = self._behaviour.max_body_bytes
        if declared.isdecimal() and int(declared[:20]) > limit:
            raise RefusedError(error("too-large", limit=limit))

    async def _read(self, visit: Visit, body: bytearray, enough: int) -> bool:
        """Read on until more than `enough` bytes are there; tell whether there are more to come."""
        limit, more = self._behaviour.max_body_bytes, True
        while more and len(body) <= enough:
            message = await visit.receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                raise RefusedError(error("too-large", limit=limit))
        return more

    async def _valid(self, visit: Visit, parameters: Parameters, fields: Fields, textual: bool) -> Fields:
        visit.came = remembered(fields) if textual else fields
        fields, findings = validate(parameters, fields, textual, self._behaviour)
        if findings:
            raise RefusedError(invalid(findings))
        if textual:
            for name, value in fields.items():
                if isinstance(value, Upload):
                    fields[name] = await self._shelved(name, value)
        return fields

    async def _shelved(self, name: str, upload: Upload) -> Source:
        """Decode an upload, once, and keep it."""
        try:
            source = await to_thread.run_sync(
                _measured, upload.data, self._behaviour.max_pixels, limiter=self._decoders
            )
        except pictures.UnreadableImage as problem:
            raise RefusedError(invalid([finding(name, "image", f"must be an image: {problem}")])) from problem
        await self._sources.put(source.key, upload.data)
        return source


def _measured(data: bytes, max_pixels: int) -> Source:
    width, height = pictures.measure(data, max_pixels)
    return Source(hashlib.blake2b(data, digest_size=16).hexdigest(), width, height)
