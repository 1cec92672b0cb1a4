"""Validation: fields in, findings out. The document decides first, then the limits that no document gives."""

from collections.abc import Iterator
from typing import Any

from mock_server.contract import Finding
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters, Variant
from mock_server.domain.behaviour import Behaviour

from .bodies import Fields, Upload

_PLACEHOLDER = ""


def validate(
    parameters: Parameters, fields: Fields, textual: bool, behaviour: Behaviour
) -> tuple[Fields, list[Finding]]:
    """Return the fields that the document declares, with numbers as numbers, and all findings about them. [VALID-422]

    textual: the values came from a form, so an integer is text.
    """
    variant = parameters.pick(fields)
    declared = {name: _typed(variant, name, fields[name], textual) for name in variant.properties if name in fields}
    found = variant.check({name: _as_json(variant, name, value) for name, value in declared.items()})
    found += [
        finding(name, "type", "must be a file, sent as multipart/form-data")
        for name, value in declared.items()
        if variant.is_file(name) and not isinstance(value, Upload)
    ]
    return declared, found or list(_beyond_limits(variant, declared, behaviour))


def _typed(variant: Variant, name: str, value: Any, textual: bool) -> Any:
    if variant.has_type(name, "integer"):
        if textual and isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 20:
            return int(value)
        if isinstance(value, float) and value.is_integer():
            return int(value)
    return value


def _as_json(variant: Variant, name: str, value: Any) -> Any:
    """Return what the validator sees: a file is a string where a file belongs, and of no type anywhere else."""
    if not isinstance(value, Upload):
        return _PLACEHOLDER if variant.is_file(name) else value
    return _PLACEHOLDER if variant.is_file(name) else None


def _beyond_limits(variant: Variant, fields: Fields, behaviour: Behaviour) -> Iterator[Finding]:
    if fields.get("image_number_of_images", 0) > behaviour.max_images:
        yield finding("image_number_of_images", "maximum", f"must not be greater than {behaviour.max_images}")
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > behaviour.max_text_length and not variant.is_closed(name):
            limit = behaviour.max_text_length
            yield finding(name, "maxLength", f"must not be greater than {limit} characters")
        if isinstance(value, Upload) and len(value.data) > behaviour.max_upload_bytes:
            yield finding(name, "size", f"must not be greater than {behaviour.max_upload_bytes} bytes")
