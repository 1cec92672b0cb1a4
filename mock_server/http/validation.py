"""Validation: fields in, findings out. The document decides first, then the limits that it does not give."""

import re
from typing import Any

from mock_server.contract import Finding
from mock_server.contract.findings import finding
from mock_server.contract.parameters import Parameters, Variant
from mock_server.domain.behaviour import Behaviour

from .context import Fields, Upload

# 19 digits are beyond any limit, and few enough for int and float.
_INTEGER = re.compile(r"-?[0-9]{1,19}")
_NUMBER = re.compile(r"-?[0-9]{1,19}(\.[0-9]{1,19})?")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def validate(
    parameters: Parameters, fields: Fields, textual: bool, behaviour: Behaviour
) -> tuple[Fields, list[Finding]]:
    """Return the declared fields, numbers and booleans as such, and all findings about them. [VALID-422]

    textual: the values are texts of a form.
    """
    variant = parameters.pick(fields)
    declared = {name: fields[name] for name in variant.properties if name in fields}
    for name in variant.scalars.keys() & declared.keys():
        declared[name] = _scalar(declared[name], variant.scalars[name], textual)
    if textual or variant.files:
        found = variant.check(_as_json(variant, declared)) + _no_files(variant, declared)
    else:
        found = variant.check(declared)
    return declared, found or _beyond_limits(variant, declared, behaviour)


def _scalar(value: Any, kind: str, textual: bool) -> Any:
    """Return a number or boolean as such, however it was written. kind: "integer", "number" or "boolean"."""
    # JSON has one type for numbers: 2.0 is 2.
    if kind == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if not textual or not isinstance(value, str):
        return value
    if kind == "boolean":
        return _BOOLEANS.get(value, value)
    pattern = _INTEGER if kind == "integer" else _NUMBER
    return (int if kind == "integer" else float)(value) if pattern.fullmatch(value) else value


def _as_json(variant: Variant, fields: Fields) -> Fields:
    """Return the fields for the validator: a file is a string if the document has a file, else null."""
    files = {name: None for name, value in fields.items() if isinstance(value, Upload)}
    places = dict.fromkeys(variant.files & fields.keys(), "")
    return fields | files | places if files or places else fields


def _no_files(variant: Variant, fields: Fields) -> list[Finding]:
    return [
        finding(name, "type", "must be a file, sent as multipart/form-data")
        for name in variant.files
        if name in fields and not isinstance(fields[name], Upload)
    ]


def _beyond_limits(variant: Variant, fields: Fields, behaviour: Behaviour) -> list[Finding]:
    found = []
    longest, count = behaviour.max_text_length, variant.roles.count
    if count and fields.get(count, 0) > behaviour.max_images:
        found.append(finding(count, "maximum", f"must not be greater than {behaviour.max_images}"))
    for name, value in fields.items():
        if isinstance(value, str):
            if len(value) > longest and name not in variant.closed:
                found.append(finding(name, "maxLength", f"must not be greater than {longest} characters"))
        elif isinstance(value, Upload) and len(value.data) > behaviour.max_upload_bytes:
            found.append(finding(name, "size", f"must not be greater than {behaviour.max_upload_bytes} bytes"))
    return found
