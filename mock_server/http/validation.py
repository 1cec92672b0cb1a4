"""Validation: fields in, findings out. The document decides first, then the limits that it does not give."""

import re
from collections.abc import Iterator
from typing import Any

from mock_server.contract import Finding
from mock_server.contract.findings import finding, label
from mock_server.contract.parameters import Parameters, Variant
from mock_server.domain.behaviour import Behaviour

from .context import Fields, Upload
from .parsing import Body

# 19 digits are beyond any limit, and few enough for int and float.
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,19}(\.[0-9]{1,19})?")
_CONTAINERS = (dict, list)
_SEVERAL_PROMPTS = "multi-prompt"
# PHP has neither a file nor a text then (UPLOAD_ERR_NO_FILE).
_UNCHOSEN = "Its part has an empty filename, so it is not a file."
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def validate(parameters: Parameters, body: Body, behaviour: Behaviour) -> tuple[Fields, list[Finding]]:
    """Return the declared fields, numbers and booleans as such, and all findings about them. [VALID-422]"""
    fields, textual = body.fields, body.textual
    variant = parameters.pick(fields)
    declared = {name: fields[name] for name in variant.properties if name in fields}
    _join_prompts(variant, declared, behaviour)
    for name, kind in variant.scalars.items():
        if name in declared:
            declared[name] = _scalar(declared[name], kind, textual or name in body.from_query)
    if textual or variant.files:
        found = variant.check(_as_json(variant, declared)) + _no_files(variant, declared, body.multipart)
        found = _explained(found, variant, body)
    else:
        found = variant.check(declared)
    return declared, found or _beyond_limits(variant, declared, behaviour)


def _join_prompts(variant: Variant, fields: Fields, behaviour: Behaviour) -> None:
    """Make one prompt of the several that a multi-prompt may have."""
    name, kind = variant.roles.prompt, variant.roles.type
    if not name or not kind or fields.get(kind) != _SEVERAL_PROMPTS:
        return
    prompts = fields.get(name)
    if isinstance(prompts, list):
        texts = [each for each in prompts if isinstance(each, str)]
        if len(texts) == len(prompts):
            fields[name] = f" {behaviour.prompt_separator} ".join(texts)


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
    files = {name: None for name, value in fields.items() if _has_file(value)}
    places = dict.fromkeys(variant.files & fields.keys(), "")
    return fields | files | places if files or places else fields


def _has_file(value: Any) -> bool:
    if isinstance(value, _CONTAINERS):
        return any(map(_has_file, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Upload)


def _no_files(variant: Variant, fields: Fields, multipart: bool) -> list[Finding]:
    sent = {name: fields[name] for name in variant.files if name in fields}
    texts = {name: value for name, value in sent.items() if not isinstance(value, Upload)}
    return [finding(name, "type", _no_file(value, multipart)) for name, value in texts.items()]


def _no_file(value: Any, multipart: bool) -> str:
    if isinstance(value, _CONTAINERS):
        return "must be one file, not an array"
    return "must be a file: its part has no filename" if multipart else "must be a file, sent as multipart/form-data"


def _explained(found: list[Finding], variant: Variant, body: Body) -> list[Finding]:
    """Return the findings about a form, with what is wrong with its bytes."""
    if not (body.broken or body.problem or body.unchosen):
        return found
    broken = [finding(name, "unreadable", text) for name, text in body.broken.items() if name in variant.properties]
    kept = [each for each in found if each.field not in body.broken]
    if body.problem and kept:
        kept.insert(0, Finding("body", "unreadable", body.problem))
    return broken + [
        each._replace(message=f"{each.message} {_UNCHOSEN}") if each.field in body.unchosen else each for each in kept
    ]


def _beyond_limits(variant: Variant, fields: Fields, behaviour: Behaviour) -> list[Finding]:
    """Return what the document allows and the service does not: it gives no limits, and a plan may lack something."""
    incomplete = behaviour.absent_engines or behaviour.absent_sizes
    found, roles = list(_not_offered(variant, fields, behaviour)) if incomplete else [], variant.roles
    longest = behaviour.max_text_length
    if roles.count and fields.get(roles.count, 0) > behaviour.max_images:
        found.append(finding(roles.count, "maximum", f"must not be greater than {behaviour.max_images}"))
    for name, value in fields.items():
        if isinstance(value, str):
            if len(value) > longest and name not in variant.closed:
                found.append(finding(name, "maxLength", f"must not be greater than {longest} characters"))
        elif isinstance(value, Upload) and len(value.data) > behaviour.max_upload_bytes:
            found.append(finding(name, "size", f"must not be greater than {behaviour.max_upload_bytes} bytes"))
    return [each._replace(limit=True) for each in found]


def _not_offered(variant: Variant, fields: Fields, behaviour: Behaviour) -> Iterator[Finding]:
    """Yield the engine and the size that the service lacks, of those that the document lists. [ENGINES]"""
    listed = variant.roles.size if variant.roles.size in variant.closed else None
    absent = ((variant.roles.engine, behaviour.absent_engines), (listed, behaviour.absent_sizes))
    for name, values in absent:
        if name and fields.get(name) in values:
            yield Finding(name, "offered", f"The selected {label(name)} is not offered.")
