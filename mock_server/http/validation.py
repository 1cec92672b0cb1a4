"""Validation: fields in, findings out. The document decides first, then the limits that no document gives."""

from typing import Any

from mock_server.contract import Finding
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters, Variant
from mock_server.domain.behaviour import Behaviour

from .context import Fields, Upload

_PLACEHOLDER = ""


def validate(
    parameters: Parameters, fields: Fields, textual: bool, behaviour: Behaviour
) -> tuple[Fields, list[Finding]]:
    """Return the fields that the document declares, with numbers as numbers, and all findings about them. [VALID-422]

    textual: the values came from a form, so an integer is text.
    """
    variant = parameters.pick(fields)
    declared = {name: fields[name] for name in variant.properties if name in fields}
    for name in variant.integers & declared.keys():
        declared[name] = _number(declared[name], textual)
    if textual or variant.files:
        found = variant.check(_as_json(variant, declared)) + _no_files(variant, declared)
    else:
        found = variant.check(declared)
    return declared, found or _beyond_limits(variant, declared, behaviour)


def _number(value: Any, textual: bool) -> Any:
    """Return a whole number where the value is one, however it was written."""
    if textual and isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 20:
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _as_json(variant: Variant, fields: Fields) -> Fields:
    """Return what the validator sees: a file is a string where a file belongs, and of no type anywhere else."""
    files = {name: None for name, value in fields.items() if isinstance(value, Upload)}
    places = dict.fromkeys(variant.files & fields.keys(), _PLACEHOLDER)
    return fields | files | places if files or places else fields


def _no_files(variant: Variant, fields: Fields) -> list[Finding]:
    return [
        finding(name, "type", "must be a file, sent as multipart/form-data")
        for name in variant.files
        if name in fields and not isinstance(fields[name], Upload)
    ]


def _beyond_limits(variant: Variant, fields: Fields, behaviour: Behaviour) -> list[Finding]:
    found = []
    longest = behaviour.max_text_length
    if fields.get("image_number_of_images", 0) > behaviour.max_images:
        found.append(finding("image_number_of_images", "maximum", f"must not be greater than {behaviour.max_images}"))
    for name, value in fields.items():
        if isinstance(value, str):
            if len(value) > longest and name not in variant.closed:
                found.append(finding(name, "maxLength", f"must not be greater than {longest} characters"))
        elif isinstance(value, Upload) and len(value.data) > behaviour.max_upload_bytes:
            found.append(finding(name, "size", f"must not be greater than {behaviour.max_upload_bytes} bytes"))
    return found
