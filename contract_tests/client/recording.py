"""The record of a request and its reply: masked, bounded, without uploads and pictures."""

import json

import httpx

from contract_tests.client.call import Attachment, Call, Exchange, excerpt, token_variable
from contract_tests.client.masking import Masker

# Any other header of a service may contain a secret that the mask does not know.
_HEADERS = ("content-type", "content-length", "allow", "location", "retry-after", "server", "date")


def record(call: Call, response: httpx.Response, sent: float, received: float, mask: Masker) -> Exchange:
    _learn(call, response, mask)
    body = call.body.decode("utf-8", "replace") if call.body is not None else None
    body = json.dumps(call.json, ensure_ascii=False) if call.json is not None else body
    headers = {"Accept": call.accept}
    headers |= {"Content-Type": call.sent_type} if body is not None else {}
    return Exchange(
        method=call.method,
        url=mask(call.url),
        role=call.role,
        authorization=_authorization(call),
        headers=headers,
        # Masked before it is cut: half a token at the end would not be recognised.
        body=None if body is None else excerpt(mask(body)),
        fields={mask(name): excerpt(mask(value)) for name, value in (call.fields or {}).items()},
        files={name: Attachment(file, len(content)) for name, (file, content, _) in call.files.items()},
        status=response.status_code,
        response_headers={name: mask(response.headers[name]) for name in _HEADERS if name in response.headers},
        response_body=_text(response, mask),
        sent=sent,
        received=received,
    )


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


def _text(response: httpx.Response, mask: Masker) -> str:
    kind = response.headers.get("content-type", "")
    if kind.startswith("image/"):
        return f"({len(response.content)} bytes of {kind})"
    return excerpt(mask(response.content[:65536].decode("utf-8", "replace")))
