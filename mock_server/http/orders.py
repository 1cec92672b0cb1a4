"""Orders: the fields of a generation request as an order for the domain, by the roles of the fields."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from mock_server.contract.findings import finding
from mock_server.contract.parameters import Variant
from mock_server.contract.roles import Roles, parse_size
from mock_server.domain.behaviour import Behaviour
from mock_server.domain.images import folder
from mock_server.domain.world import Demand, Order

from .context import Source
from .replies import RefusedError, invalid

_DEFAULT_TYPE = "text-to-image"
_UPSCALE = "upscale"
# The kinds of modifiers that the product family appends to the prompt, the ends of their fields' names.
_APPENDED = frozenset({"style", "lighting", "mood"})
# Clients ask for the same few sizes again and again.
_parse_size = lru_cache(maxsize=64)(parse_size)


def make_order(fields: Mapping[str, Any], variant: Variant, behaviour: Behaviour, origin: str) -> Order:
    """Return the order that valid fields describe; raise RefusedError. origin: the server's address in the request."""
    roles = variant.roles
    assert roles.prompt
    assert roles.count
    engine = _value(fields, roles.engine) or ""
    mode = _value(fields, roles.type) or _DEFAULT_TYPE
    source = _value(fields, roles.source)
    width, height = _size(fields, roles, behaviour)
    upscaled = isinstance(source, Source) and mode == _UPSCALE
    if upscaled:
        width, height = source.width * behaviour.upscale_factor, source.height * behaviour.upscale_factor
    if width * height > behaviour.max_pixels:
        field = (roles.source if upscaled else roles.size) or "size"
        raise _impossible(field, f"asks for {width}x{height}, more than {behaviour.max_pixels} pixels")
    return Order(
        engine=engine,
        prompt=_input(fields, roles, behaviour),
        count=fields.get(roles.count, 1),
        width=width,
        height=height,
        mode=mode,
        source=source.key if isinstance(source, Source) else None,
        folder=folder(behaviour, origin),
        queues=engine in behaviour.queued_engines,
    )


def read_demand(sent: Mapping[str, Any], roles: Roles, behaviour: Behaviour) -> Demand:
    """Return the demand of fields that may be invalid, for 1 image if they have no usable number."""
    engine, count = _value(sent, roles.engine), _value(sent, roles.count)
    usable = isinstance(count, int) and 0 < count <= behaviour.max_images
    return Demand(engine if isinstance(engine, str) else "", count if usable else 1)


def _input(fields: Mapping[str, Any], roles: Roles, behaviour: Behaviour) -> str:
    """Return the prompt, with its modifiers if the behaviour appends them: "a fox vivid style". [IMG-INPUT]"""
    prompt = _value(fields, roles.prompt) or ""
    if behaviour.input_modifiers == "omitted":
        return prompt
    sent = [(name.rpartition("_")[2], fields.get(name)) for name in roles.modifiers]
    return " ".join([prompt, *(f"{value} {kind}" for kind, value in sent if value and kind in _APPENDED)])


def _value(fields: Mapping[str, Any], name: str | None) -> Any:
    return fields.get(name) if name else None


def _size(fields: Mapping[str, Any], roles: Roles, behaviour: Behaviour) -> tuple[int, int]:
    """Return width and height in pixels; raise RefusedError. [IMG-SIZE]"""
    sent = _value(fields, roles.size)
    size = _parse_size(behaviour.default_size if sent is None else str(sent))
    if size is None:
        raise _impossible(roles.size or "size", "must be WIDTHxHEIGHT in pixels, for example 512x512")
    return size


def _impossible(field: str, predicate: str) -> RefusedError:
    return RefusedError(invalid([finding(field, "size", predicate)]))
