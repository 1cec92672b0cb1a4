"""The record of a request and its reply: masked, bounded, without uploads and pictures."""

import json
import re

import httpx

from contract_tests.client.call import Call, token_variable
from contract_tests.client.exchange import Attachment, Exchange, names_request
from contract_tests.client.masking import MASK, Masker

_MAX_CHARACTERS = 2000
_MAX_READ_BYTES = 65536
_MAX_HEADER_CHARACTERS = 300
# Any other header of a service may contain a secret that the mask does not know, so only its name is shown.
# fmt: off
_HEADERS = frozenset({
    "accept-ranges", "age", "allow", "cache-control", "cf-cache-status", "connection", "content-disposition",
    "content-language", "content-length", "content-type", "date", "deprecation", "etag", "expires", "keep-alive",
    "last-modified", "link", "location", "pragma", "retry-after", "server", "strict-transport-security", "sunset",
    "transfer-encoding", "vary", "via", "warning", "www-authenticate", "x-cache", "x-content-type-options",
    "x-frame-options", "x-powered-by",
})
# fmt: on
_FAMILIES = re.compile(r"^(x-)?ratelimit-|^access-control-")
# A terminal or a shell may change them.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


def evidence_of(
    call: Call, response: httpx.Response, sent: float, received: float, at: float, mask: Masker
) -> Exchange:
    """Return the exchange. sent, received: by the clock of the run; at: by the wall clock."""
    _learn(call, response, mask)
    content = _content(call)
    body = None if content is None else content.decode("utf-8", "replace")
    fields = call.fields or {}
    whole = ({} if body is None else {"": body}) | {name: value for name, value in fields.items() if name}
    headers = {"Accept": call.accept, **call.headers}
    headers |= {"Content-Type": call.sent_type} if body is not None else {}
    return Exchange(
        method=call.method,
        url=mask(call.url),
        role=call.role,
        authorization=_authorization(call),
        headers=headers,
        # Masked before it is cut: half a token at the end would not be recognised.
        body=None if body is None else excerpt(mask(body)),
        fields={mask(name): excerpt(mask(value)) for name, value in fields.items()},
        files={name: Attachment(data, file, kind) for name, (file, data, kind) in call.files.items()},
        attached={
            mask(name): Attachment(content if content is not None and not name else _bytes(text))
            for name, text in whole.items()
            if len(text) > _MAX_CHARACTERS or _UNPRINTABLE.search(text)
        },
        status=response.status_code,
        response_headers={name: _header(name, response, mask) for name in response.headers},
        response_body=_text(response, mask),
        sent=sent,
        received=received,
        at=at,
    )


def excerpt(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}… ({len(text)} characters)"


def _content(call: Call) -> bytes | None:
    if call.json is None:
        return call.body
    return _bytes(json.dumps(call.json, ensure_ascii=False))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _learn(call: Call, response: httpx.Response, mask: Masker) -> None:
    """Let the mask learn what must not be shown besides tokens: uploads and the cookies of the service."""
    for _, content, _ in call.files.values():
        mask.learn_upload(content)
    for cookie in response.headers.get_list("set-cookie"):
        mask.learn_cookie(cookie)


def _authorization(call: Call) -> str | None:
    token = f"${token_variable(call.role)}"
    if call.authorization is not None:
        scheme = call.authorization.partition(" ")[0]
        # A single word is a token without its scheme, unless it is the scheme itself.
        bare = scheme == call.authorization
        return scheme if scheme in {"", "Bearer"} and bare else f"{'' if bare else scheme + ' '}{token}"
    return f"Bearer {token}" if call.token is not None else None


def _header(name: str, response: httpx.Response, mask: Masker) -> str:
    if name in _HEADERS or _FAMILIES.search(name) or names_request(name):
        return mask(response.headers[name])[:_MAX_HEADER_CHARACTERS]
    return MASK


def _text(response: httpx.Response, mask: Masker) -> str:
    kind = response.headers.get("content-type", "")
    if kind.startswith("image/"):
        return f"({len(response.content)} bytes of {kind})"
    return excerpt(mask(response.content[:_MAX_READ_BYTES].decode("utf-8", "replace")))
