"""The fields and files of a request body: JSON, multipart or urlencoded."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


@dataclass
class Form:
    """What was sent; `files` are the bytes by field."""

    fields: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)


def parse(content_type: str, body: bytes) -> Form:
    """Read a body; one that cannot be read has no fields."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            return parse_multipart(parameters(content_type).get("boundary", ""), body)
        if kind == "application/x-www-form-urlencoded":
            return Form(dict(parse_qsl(body.decode(), keep_blank_values=True)))
        content = json.loads(body) if kind.endswith("json") else None
    except (ValueError, RecursionError):
        return Form()
    return Form(content if isinstance(content, dict) else {})


def parse_multipart(boundary: str, body: bytes) -> Form:
    """The parts of a multipart body: those with a file name are files."""
    form = Form()
    if not boundary:
        return form
    parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    for part in parts[1:]:
        if part.startswith(b"--"):
            break
        head, _, content = part.partition(b"\r\n\r\n")
        disposition = parameters(_disposition(head))
        name = disposition.get("name")
        if name is None:
            continue
        if "filename" in disposition:
            form.files[name] = content
        else:
            form.fields[name] = content.decode("utf-8", "replace")
    return form


def parameters(header: str) -> dict[str, str]:
    """The parameters of a header, for example the boundary of a Content-Type."""
    return {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for name, quoted, bare in _PARAMETER.findall(header)
    }


def _disposition(head: bytes) -> str:
    lines = head.decode("utf-8", "replace").split("\r\n")
    return next((line for line in lines if line.lower().startswith("content-disposition:")), "")
