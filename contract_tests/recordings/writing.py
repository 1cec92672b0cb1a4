"""A call with its reply as an exchange of a recording."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urljoin

import msgspec

from contract_tests.client.call import Call, Reply
from contract_tests.client.json_body import NotJsonError, read_json
from contract_tests.client.masking import Secret
from contract_tests.oracle.contract import load_contract
from contract_tests.recordings import files
from contract_tests.recordings.model import Part, Request, Response
from contract_tests.recordings.sanitiser import Sanitiser, TooDeepError
from contract_tests.runner.target import Target

MAX_TEXT_BYTES = 64 * 1024
PICTURE = "picture"
_MARK = "\ufeff"


class Writing:
    """Turns calls and replies into data without secrets."""

    def __init__(self, target: Target, sanitiser: Sanitiser) -> None:
        self._target, self._sanitise = target, sanitiser
        self._roles = {account.token: role for role, account in target.accounts.items() if account.token}
        # The outputs that led to the addresses of pictures.
        self._outputs: dict[str, str] = {}

    def operation(self, call: Call) -> str | None:
        """Return the operationId of a call, `picture`, or None."""
        if self._is_picture(call):
            return PICTURE
        path = call.url.removeprefix(self._target.base_url)
        known = load_contract().operations.values()
        return next((each.id for each in known if (each.method, each.call_path) == (call.method, path)), None)

    def learn(self, call: Call) -> None:
        """Note what a call sends, which becomes public, but for its tokens."""
        self._sanitise.learn(self._texts(call))

    def request(self, call: Call) -> Request:
        """Return the request."""
        headers = {"accept": call.accept, **{name.lower(): value for name, value in call.headers.items()}}
        if call.body is not None or call.json is not None:
            headers["content-type"] = call.sent_type
        return Request(call.method, self._address(call), self._authorization(call), headers, **self._payload(call))

    def response(self, reply: Reply) -> Response:
        """Return the reply."""
        self._note_outputs(reply)
        headers = self._sanitise.headers(reply.headers)
        return Response(reply.status, headers, **self._body(reply))

    def error(self, text: str) -> str:
        return self._sanitise.text(text)

    def _is_picture(self, call: Call) -> bool:
        return call.accept.startswith("image/")

    def _address(self, call: Call) -> str:
        if self._is_picture(call):
            return self._sanitise.text(self._outputs.get(call.url, call.url))
        return self._without_tokens(call.url.removeprefix(self._target.base_url))

    def _authorization(self, call: Call) -> str | None:
        if call.authorization is not None:
            return self._sanitise.header_sent(call.authorization, self._role)
        return f"Bearer {{{self._roles.get(call.token, call.role)}}}" if call.token else None

    def _role(self, token: str) -> str | None:
        return self._roles.get(Secret(token))

    def _texts(self, call: Call) -> Iterator[str]:
        """Yield the texts that a call sends."""
        if not self._is_picture(call):
            yield call.url.removeprefix(self._target.base_url)
        yield from _strings(call.json)
        for name, value in (call.fields or {}).items():
            yield from (name, value)
        for name, (file, _, kind) in call.files.items():
            yield from (name, file, kind)
        if call.body is not None:
            yield call.body[:MAX_TEXT_BYTES].decode("utf-8", "replace")
            try:
                yield from _strings(read_json(call.body).value)
            except NotJsonError:
                return

    def _payload(self, call: Call) -> dict[str, Any]:
        size = _size(call)
        if size > MAX_TEXT_BYTES or (call.body is not None and not _is_text(call.body)):
            return {"left_out_bytes": size}
        if call.json is not None:
            return {"json": _mapped(call.json, self._without_tokens)}
        if call.fields is not None:
            return {"form": [*self._parts(call)]}
        return {"text": self._without_tokens(call.body.decode())} if call.body is not None else {}

    def _parts(self, call: Call) -> Iterator[Part]:
        sent = self._without_tokens
        for name, value in (call.fields or {}).items():
            yield Part(sent(name), sent(value))
        for name, (file, content, kind) in call.files.items():
            yield Part(sent(name), file=files.upload(sent(file), content, kind))

    def _without_tokens(self, text: str) -> str:
        return self._sanitise.sent(text, self._role)

    def _note_outputs(self, reply: Reply) -> None:
        for text in _outputs(reply):
            try:
                self._outputs.setdefault(urljoin(self._target.uploads, text), text)
            except ValueError:
                continue

    def _body(self, reply: Reply) -> dict[str, Any]:
        content = reply.content
        if not content:
            return {}
        if picture := files.picture(content, reply.headers.get("content-type", "")):
            return {"picture": picture}
        if len(content) <= MAX_TEXT_BYTES and reply.json_fault is None:
            try:
                return {"json": self._sanitise.json(reply.json())}
            except TooDeepError:
                pass
        return self._text(content)

    def _text(self, content: bytes) -> dict[str, Any]:
        text = content[:MAX_TEXT_BYTES].decode("utf-8", "replace")
        mark = _MARK if text.startswith(_MARK) else ""
        cut = {"whole_bytes": len(content)} if len(content) > MAX_TEXT_BYTES else {}
        return {"text": mark + self._sanitise.text(text.removeprefix(mark)), **cut}


def _size(call: Call) -> int:
    """Return the size of what is kept of a body."""
    if call.json is not None:
        return len(json.dumps(call.json))
    values = (call.fields or {}).items()
    return len(call.body or b"") + sum(len(name) + len(value) for name, value in values)


def _is_text(content: bytes) -> bool:
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def _strings(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value, keys too, however deep it is."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return what was sent as JSON with each text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key): _mapped(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(each, change) for each in value]
    big = isinstance(value, int) and not -(2**63) <= value < 2**63
    return msgspec.Raw(str(value).encode()) if big else value


def _outputs(reply: Reply) -> Iterator[str]:
    """Yield the output of each image in a reply."""
    if reply.json_fault is not None:
        return
    body = reply.json()
    for image in body if isinstance(body, list) else reply.images:
        if isinstance(image, dict) and isinstance(image.get("output"), str):
            yield image["output"]
