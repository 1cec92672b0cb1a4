"""A recorded request as a call, and whether two requests are the same."""

import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from msgspec import UNSET

from contract_tests.client.call import Call
from contract_tests.client.masking import Secret
from contract_tests.comparison.observed import lower_names, media_type
from contract_tests.comparison.uploads import file_for, is_known
from contract_tests.errors import InconclusiveError
from contract_tests.oracle.kinds import ANY_UPLOAD, REAL_IMAGE, Kind, kind_of
from contract_tests.oracle.replies import images_requested
from contract_tests.recordings.model import Part, RecordedExchange, Request, Upload
from contract_tests.runner.target import REFUSED, Target

_ROLE = re.compile(r"\{(\w+)\}")
_JSON = "application/json"
_OF_BROWSERS = frozenset({"origin", "access-control-request-method"})
# The roles that cannot be charged.
_WITHOUT_CREDITS = frozenset({"anonymous", "invalid", *REFUSED})


def call_for(
    exchange: RecordedExchange, target: Target, tokens: Mapping[str, Secret], output: str | None = None
) -> Call:
    """Return the call that repeats a request. output: the address of a picture in the reissue.

    Raises InconclusiveError if the target has no token for the role in it.
    """
    request = exchange.request
    headers = lower_names(request.headers)
    url = urljoin(target.uploads, output) if output is not None else target.base_url + request.target
    payload = _payload(request, headers)
    images = images_of(request) if exchange.operation == "generateImage" else 0
    return Call(
        request.method,
        url,
        exchange.role,
        tokens.get(exchange.role),
        authorization=_authorization(request, tokens),
        accept=headers.get("accept", "*/*"),
        headers={name: value for name, value in headers.items() if name in _OF_BROWSERS},
        timeout_seconds=target.timeouts.generation if images else None,
        images=images,
        without_credits=exchange.role in _WITHOUT_CREDITS,
        invalid=images > 0 and kind_of_request(request) is Kind.INVALID,
        **payload,
    )


def parameters(request: Request) -> Mapping[str, Any]:
    """Return the parameters of a request, an upload as the oracle writes it; none if they cannot be read."""
    if request.form is not UNSET:
        return {part.name: part.value if part.file is UNSET else _shown(part.file) for part in request.form}
    if isinstance(request.json, dict):
        return request.json
    return {}


def kind_of_request(request: Request) -> Kind:
    """Return the relation of a generation request to the documentation."""
    return kind_of(parameters(request), one="1" if request.form is not UNSET else 1)


def images_of(request: Request) -> int:
    """Return how many images a generation request may make at most."""
    return images_requested(parameters(request))


def cost_of(exchange: RecordedExchange) -> int:
    """Return how many credits a request costs at worst, at the documented price."""
    charged = exchange.operation == "generateImage" and exchange.role not in _WITHOUT_CREDITS
    return images_of(exchange.request) if charged and kind_of_request(exchange.request) is not Kind.INVALID else 0


def uploads(request: Request) -> list[Upload]:
    """Return the files of a request."""
    return [part.file for part in _parts(request) if isinstance(part.file, Upload)]


def sends_same_bytes(request: Request) -> bool:
    """Return whether all files of a request are sent again as they were."""
    return all(is_known(upload) for upload in uploads(request))


def request_differences(recorded: Request, reissued: Request) -> Iterator[str]:
    """Yield in what two requests differ: forms by part, in any order and with any boundary, files by their bytes."""
    if recorded.method != reissued.method:
        yield "method"
    kinds = media_type(lower_names(recorded.headers)), media_type(lower_names(reissued.headers))
    if kinds[0] != kinds[1]:
        yield "content-type"
    if recorded.json != reissued.json:
        yield "json"
    if recorded.text != reissued.text:
        yield "text"
    before, after = (Counter(map(_identity, _parts(each))) for each in (recorded, reissued))
    yield from sorted({f"form/{name}" for name, _ in (before - after) + (after - before)})


def _parts(request: Request) -> Sequence[Part]:
    return [] if request.form is UNSET else request.form


def _identity(part: Part) -> tuple[str, str]:
    return part.name, part.file.sha256 if isinstance(part.file, Upload) else f"={part.value}"


def _shown(upload: Any) -> str:
    return REAL_IMAGE if upload.width else ANY_UPLOAD


def _authorization(request: Request, tokens: Mapping[str, Secret]) -> str | None:
    if request.authorization is None:
        return None

    def token(found: re.Match[str]) -> str:
        if found[1] not in tokens:
            raise InconclusiveError(f"the target has no token for the account {found[1]}")
        return tokens[found[1]].reveal()

    return _ROLE.sub(token, request.authorization)


def _payload(request: Request, headers: Mapping[str, str]) -> dict[str, Any]:
    if request.form is not UNSET:
        return _form(request.form)
    kind = headers.get("content-type")
    if request.json is not UNSET:
        content = json.dumps(request.json, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return {"body": content, "content_type": kind or _JSON}
    if isinstance(request.text, str):
        return {"body": request.text.encode("utf-8", "surrogatepass"), "content_type": kind or _JSON}
    return {}


def _form(parts: Sequence[Part]) -> dict[str, Any]:
    names = [part.name for part in parts]
    values = {part.name: part.value for part in parts if isinstance(part.value, str)}
    files = {part.name: file_for(part.file) for part in parts if isinstance(part.file, Upload)}
    if len(set(names)) == len(names):
        return {"fields": values, "files": files}
    # A call has each name once, so a form with one twice is written here.
    boundary = secrets.token_hex(16)
    content = b"".join(_part(boundary, part) for part in parts) + f"--{boundary}--\r\n".encode()
    return {"body": content, "content_type": f"multipart/form-data; boundary={boundary}"}


def _part(boundary: str, part: Part) -> bytes:
    name = _quoted(part.name)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    if not isinstance(part.file, Upload):
        return f"{head}\r\n\r\n{part.value}\r\n".encode()
    file, content, kind = file_for(part.file)
    return f'{head}; filename="{_quoted(file)}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + content + b"\r\n"


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
