"""Deviations of the bytes: bodies that some parsers read, and that are not JSON."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract_tests.wrong_servers.catalogue import altered, variant
from contract_tests.wrong_servers.service import Service
from contract_tests.wrong_servers.wire import Reply, Request

Encode = Callable[[Any], bytes]
_MARK = b"\xef\xbb\xbf"


def _text(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def _marked(body: Any) -> bytes:
    return _MARK + _text(body).encode()


def _with_member(member: bytes) -> Encode:
    """Return a function that adds a member at the end of the first object."""
    return lambda body: _text(body).encode().replace(b"}", b", " + member + b"}", 1)


def _everywhere(encode: Encode) -> dict[str, Any]:
    def before_sending(self: Service, request: Request, reply: Reply) -> Reply:
        return reply if isinstance(reply.body, bytes) else replace(reply, body=encode(reply.body))

    return {"before_sending": before_sending}


def _at(*methods: str) -> Callable[[Encode], dict[str, Any]]:
    return lambda encode: {method: altered(method, encode) for method in methods}


def _key_twice(name: str) -> Encode:
    return lambda body: _text(body).encode().replace(f'"{name}"'.encode(), f'"{name}": null, "{name}"'.encode())


_ROWS: tuple[tuple[str, str, Callable[[Encode], dict[str, Any]], Encode], ...] = (
    ("mark-everywhere", "A byte-order mark begins every reply.", _everywhere, _marked),
    ("mark-in-recent", "A byte-order mark begins the list of images.", _at("recent"), _marked),
    ("mark-in-generated", "A byte-order mark begins the reply of a generation.", _at("generated"), _marked),
    ("mark-in-check", "A byte-order mark begins the replies to a check.", _at("available", "busy"), _marked),
    ("utf-16", "Every reply is in UTF-16.", _everywhere, lambda body: _text(body).encode("utf-16")),
    (
        "latin-1",
        "Every reply is in Latin-1, with an é.",
        _everywhere,
        lambda body: _with_member('"caf\u00e9": 1'.encode())(body).decode().encode("latin-1", "replace"),
    ),
    (
        "half-a-letter",
        "A text in the versions ends within a letter.",
        _at("versions"),
        _with_member(b'"name": "\xe6\x97"'),
    ),
    ("key-twice-in-generated", "The reply of a generation has status twice.", _at("generated"), _key_twice("status")),
    ("key-twice-in-versions", "The versions have a key twice.", _at("versions"), _key_twice("dall-e")),
    ("key-twice-in-check", "A check has its message twice.", _at("available"), _key_twice("message")),
    ("not-a-number", "A further field of the generation is NaN.", _at("generated"), _with_member(b'"seconds": NaN')),
    ("infinity", "A further field of a check is Infinity.", _at("available"), _with_member(b'"left": Infinity')),
    ("two-values", "A second value follows the versions.", _at("versions"), lambda body: _text(body).encode() * 2),
    ("comment", "A comment follows the versions.", _at("versions"), lambda body: _text(body).encode() + b" // ok"),
)
for _name, _sentence, _where, _encode in _ROWS:
    _rules = "SHAPE VERSIONS" if _where is not _everywhere and "versions" in _sentence else "SHAPE"
    variant(f"json-{_name}", _rules, _sentence, **_where(_encode))
