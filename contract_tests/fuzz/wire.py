"""Converts a generated request to a call of the suite's transport."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug import Request
from werkzeug.datastructures import FileStorage

from contract_tests.client.call import Call, Upload
from contract_tests.oracle import samples
from contract_tests.oracle.engines import count_field, source_field, with_count
from contract_tests.oracle.kinds import ANY_UPLOAD, REAL_IMAGE, Kind, countable, kind_of

# Stands for the account's token in generated requests, so that schemathesis never sees it.
AUTHORIZATION = "Bearer valid"


@dataclass(frozen=True)
class Payload:
    """A body: the parameters that a service may read in it, if any, and how it is sent."""

    kind: Kind
    parameters: Any
    wire: Mapping[str, Any]

    def of_one_image(self) -> "Payload":
        """The same for one image, so that it costs 1 credit at most."""
        # A number that is invalid stays, since it may be the point of the request.
        if not isinstance(self.parameters, dict) or not countable(self.parameters.get(count_field())):
            return self
        if "fields" in self.wire:
            return replace(self, wire={**self.wire, "fields": with_count(self.wire["fields"], "1")})
        return replace(self, wire={**self.wire, "body": json.dumps(with_count(self.parameters, 1)).encode()})

    def apply_to(self, call: Call) -> Call:
        return replace(call, **self.wire)


def payload_of(request: Request) -> Payload:
    """Return the body of a request; a form is split into fields and uploads."""
    body = request.get_data()
    if request.mimetype == "multipart/form-data" and (request.form or request.files):
        return _form(request)
    parameters = _parsed(body)
    kind = kind_of(parameters)
    # Some services read JSON whatever the Content-Type says, others refuse it.
    if request.mimetype != "application/json" and kind is not Kind.UNREADABLE:
        kind = Kind.OPEN
    return Payload(kind, parameters, {"body": body, "content_type": request.content_type or "application/json"})


def _form(request: Request) -> Payload:
    # A part without a name, which a generated form may have, is not a parameter.
    fields = {name: value for name, value in request.form.items() if name}
    files = {name: _upload(file) for name, file in request.files.items() if name}
    name = source_field()
    source = {name: _placeholder(files[name])} if name in files else {}
    kind = kind_of({**fields, **source}, one="1")
    return Payload(kind, {**fields, **source}, {"fields": fields, "files": files})


def _upload(file: FileStorage) -> Upload:
    """Return the uploaded file; the placeholder in the document's examples becomes a real image."""
    content = file.stream.read()
    if content.startswith(b"the bytes of "):
        return samples.upload("teapot.png")
    return file.filename or "image", content, file.mimetype or "application/octet-stream"


def _placeholder(upload: Upload) -> str:
    return REAL_IMAGE if upload == samples.upload("teapot.png") else ANY_UPLOAD


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
