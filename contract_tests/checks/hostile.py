"""Bodies that break careless services: odd in depth, size, type, text, number or charset, and never worth an image."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from contract_tests.oracle.engines import count_field, engine_field, load_engines, source_field, with_count, with_prompt
from contract_tests.oracle.samples import FIELDS, INVALID, UNKNOWN_ENGINE

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data; boundary=frontier"
_DEEP, _VERY_DEEP = 600, 50_000
_LARGE = 2**20
_MAX_LITERAL = 20
_ENGINE = load_engines()[0]
_NONE = with_count(FIELDS, 0)


@dataclass(frozen=True)
class HostileBody:
    """A request body of which no service makes an image.

    It names an engine that does not exist, or asks for no image, also where only a lenient service can read it.
    """

    name: str
    content: bytes
    content_type: str = JSON


def hostile_bodies() -> tuple[HostileBody, ...]:
    """Return all of them, always the same, one of each kind in turn, so that the first ones are of every kind."""
    kinds = (_types(), _texts(), _depths(), _syntax(), _charsets(), _numbers(), _sizes(), _forms())
    return tuple(body for turn in zip_longest(*kinds) for body in turn if body)


def _none(**fields: Any) -> bytes:
    """Return a request for no image, by an engine that exists, so that its other parameters are read too."""
    return _dumped({**_NONE, **fields})


def _unknown(**fields: Any) -> bytes:
    return _dumped({**INVALID, **fields})


def _dumped(fields: Mapping[str, Any]) -> bytes:
    # Escapes, since a lone surrogate cannot be written in any other way.
    return json.dumps(fields).encode()


def _types() -> Iterator[HostileBody]:
    values: dict[str, Any] = {"a list": [], "an object": {}, "null": None, "true": True, "a number": 0}
    for name, value in values.items():
        yield HostileBody(f"every parameter {name}", _dumped(dict.fromkeys(FIELDS, value)))
    prompts: dict[str, Any] = {"a list of lists": [["a"], [[]]], "an object": {"en": "A kettle"}, "a number": 1.5}
    for name, value in prompts.items():
        yield HostileBody(f"a prompt that is {name}", _none(**{_ENGINE.prompt: value}))
    yield HostileBody("modifiers that are objects", _none(**{name: {"a": 1} for name in _ENGINE.modifiers}))
    yield HostileBody("an engine in a list", _unknown(**{engine_field(): [UNKNOWN_ENGINE]}))
    yield HostileBody("a source that is an object", _none(**{source_field(): {"name": "a.png", "size": 1}}))
    for text in ("null", "true", "0", '"text"', "[]", "[[]]"):
        yield HostileBody(f"the JSON value {text}", text.encode())
    yield HostileBody("a request in a list", b"[" + _unknown() + b"]")


def _texts() -> Iterator[HostileBody]:
    prompt = _ENGINE.prompt
    for name, text in (
        ("NUL", "A kettle\0"),
        ("half a surrogate pair", "A kettle \ud83d"),
        ("surrogates in the wrong order", "\ude00\ud83d"),
        ("control characters", "\x01\x1b[2J\x7f\x9f"),
        ("invisible characters", "\u202e\u200d\ufeff\u2028"),
        ("a thousand accents", "e" + "\u0301" * 1000),
    ):
        yield HostileBody(f"a prompt with {name}", _none(**{prompt: text}))
    for name, text in (("NUL", "da\0guerreotype"), ("half a surrogate pair", "\ud800")):
        yield HostileBody(f"an engine with {name}", _unknown(**{engine_field(): text}))
    for name, key in (("NUL", "a\0b"), ("half a surrogate pair", "\udc00"), ("no character", "")):
        yield HostileBody(f"a key with {name}", _none(**{key: "a"}))
    yield HostileBody("keys of the language", _none(__proto__={"a": 1}, constructor="a", __class__="a"))


def _numbers() -> Iterator[HostileBody]:
    below = ("-1", f"-1{'0' * 400}", "-0.0", "-1e400", "-9223372036854775809", '"-1"', '"0x0"', "false")
    for literal in below:
        yield HostileBody(f"{_short(literal)} images", _counted(_NONE, literal))
    # A service may read them as 1, or as many.
    beyond = ("1e400", f"1{'0' * 400}", "NaN", f"1{'0' * 5000}", "1e-400", "9223372036854775808", "Infinity", "0x1")
    for literal in beyond:
        yield HostileBody(f"{_short(literal)} images by an unknown engine", _counted(INVALID, literal))


def _counted(fields: Mapping[str, Any], literal: str) -> bytes:
    """Return a request with a number of images that Python could not write."""
    return _dumped({**fields, count_field(): "(count)"}).replace(b'"(count)"', literal.encode())


def _depths() -> Iterator[HostileBody]:
    for depth in (_DEEP, _VERY_DEEP):
        nested = b"[" * depth + b"]" * depth
        yield HostileBody(f"{depth} lists in each other as the prompt", _with_raw_prompt(nested))
        yield HostileBody(f"{depth} lists in each other", nested)
        yield HostileBody(f"{depth} lists that never end", b"[" * depth)
    objects = b'{"a":' * _DEEP + b"1" + b"}" * _DEEP
    yield HostileBody(f"{_DEEP} objects in each other as the prompt", _with_raw_prompt(objects))


def _with_raw_prompt(value: bytes) -> bytes:
    return _dumped(with_prompt(_NONE, "(prompt)")).replace(b'"(prompt)"', value)


def _sizes() -> Iterator[HostileBody]:
    prompt = _ENGINE.prompt
    yield HostileBody("a prompt of 1 MiB", _none(**{prompt: "a " * (_LARGE // 2)}))
    yield HostileBody("a word of 1 MiB", _none(**{prompt: "a" * _LARGE}))
    yield HostileBody("5000 further parameters", _none(**{f"further_{number}": number for number in range(5000)}))
    yield HostileBody("a key of 100000 characters", _none(**{"k" * 100_000: 1}))
    yield HostileBody("a list of 100000 numbers", _none(**{prompt: list(range(100_000))}))


def _syntax() -> Iterator[HostileBody]:
    known = _unknown()
    for name, content in (
        ("no body", b""),
        ("white space", b" \r\n\t"),
        ("NUL alone", b"\0" * 20),
        ("half of the JSON", known[: len(known) // 2]),
        ("text after the JSON", known + b"\nend"),
        ("two values", known + known),
        ("a comma at the end", known[:-1] + b",}"),
        ("single quotes", known.replace(b'"', b"'")),
        ("a comment", b"/* a request */" + known),
        ("a key twice", known[:-1] + b", " + known[1:]),
        ("a broken escape", known.replace(UNKNOWN_ENGINE.encode(), b"\\u12")),
    ):
        yield HostileBody(name, content)


def _charsets() -> Iterator[HostileBody]:
    known, text = _unknown(), _unknown().decode()
    yield HostileBody("a byte-order mark", b"\xef\xbb\xbf" + known)
    for encoding in ("utf-16", "utf-32-be"):
        yield HostileBody(f"JSON in {encoding.upper()}", text.encode(encoding))
    for name, wrong in (
        ("Latin-1", b"\xe9"),
        ("overlong UTF-8", b"\xc0\x80"),
        ("a surrogate in UTF-8", b"\xed\xa0\x80"),
    ):
        yield HostileBody(f"a text with {name}", known.replace(UNKNOWN_ENGINE.encode(), b"daguerreotype " + wrong))
    for charset in ("utf-7", "utf-16", "no-such-charset", '"'):
        yield HostileBody(f"the charset {charset}", known, f"{JSON}; charset={charset}")
    for other in ("json", "application/xml", "text/plain", "application/json, text/html", "*/*"):
        yield HostileBody(f"the content type {other!r}", known, other)


def _forms() -> Iterator[HostileBody]:
    engine, count = engine_field(), count_field()
    head = f'--frontier\r\nContent-Disposition: form-data; name="{engine}'.encode()
    part, value, end = head + b'"', f"\r\n\r\n{UNKNOWN_ENGINE}".encode(), b"\r\n--frontier--\r\n"
    yield HostileBody("a form without a boundary", part + value + end, "multipart/form-data")
    yield HostileBody("a form without parts", b"", _MULTIPART)
    yield HostileBody("a form of its end alone", b"--frontier--", _MULTIPART)
    yield HostileBody("a form that never ends", part + value, _MULTIPART)
    yield HostileBody("a part without headers", b"--frontier\r\n\r\n" + UNKNOWN_ENGINE.encode() + end, _MULTIPART)
    yield HostileBody("a part without a name", part.replace(engine.encode(), b"") + value + end, _MULTIPART)
    yield HostileBody("an engine that is a file", part + b'; filename="a.png"' + value + end, _MULTIPART)
    yield HostileBody("a file name with NUL", part + b'; filename="a\0/../b.png"' + value + end, _MULTIPART)
    for header in ("Content-Type: a/b; charset=none", "Content-Transfer-Encoding: none"):
        yield HostileBody(f"a part with {header}", part + f"\r\n{header}".encode() + value + end, _MULTIPART)
    yield HostileBody("1500 parts", (part + value + b"\r\n") * 1500 + b"--frontier--\r\n", _MULTIPART)
    yield HostileBody("broken percent signs", f"{engine}={UNKNOWN_ENGINE}%zz%&%=%0&{count}=%u0031".encode(), FORM)
    yield HostileBody("bytes that are not UTF-8 in a form", f"{engine}=%ff%fe%00&{count}=%c0%80".encode(), FORM)
    yield HostileBody(
        "brackets in a form", f"{engine}{'[a]' * 300}=1&{engine}[]=2&{engine}[=3&{count}[]=0".encode(), FORM
    )
    yield HostileBody("2000 fields in a form", b"&".join(b"f%d=1" % number for number in range(2000)), FORM)


def _short(literal: str) -> str:
    return literal if len(literal) <= _MAX_LITERAL else f"{literal[:8]}… ({len(literal)} characters)"
