"""Deviations that only odd request bodies show: each gets a 500."""

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

from contract_tests.wrong_servers.catalogue import breaks, variant
from contract_tests.wrong_servers.deviations.requests import FAILED, Failing
from contract_tests.wrong_servers.service import Operation, Service
from contract_tests.wrong_servers.wire import Form, Reply, Request, parameters

Fails = Callable[[Request, Form], bool]
_MAX_DEPTH, _MAX_BYTES, _MAX_FIELDS, _MAX_KEY = 512, 2**19, 1000, 255
_MAX_INTEGER = 2**63
_CHARSETS = frozenset({"", "utf-8"})


def _values(form: Form) -> Iterator[Any]:
    """Yield the values of a form, and those in its lists and objects; not those in the depths of a hostile one."""
    pending = list(form.fields.items())
    for _ in range(100_000):
        if not pending:
            return
        name, value = pending.pop()
        yield name
        if isinstance(value, dict):
            pending += value.items()
        elif isinstance(value, list):
            pending += [("", each) for each in value]
        else:
            yield value


def _any_text(holds: Callable[[str], bool]) -> Fails:
    return lambda _, form: any(isinstance(value, str) and holds(value) for value in _values(form))


def _any_number(holds: Callable[[float], bool]) -> Fails:
    return lambda _, form: any(isinstance(value, int | float) and holds(value) for value in _values(form))


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("content-type", "")


def _is_not_utf8(request: Request, form: Form) -> bool:
    return _is_json(request) and "\ufffd" in request.body.decode("utf-8", "replace")


def _is_scalar(request: Request, form: Form) -> bool:
    try:
        return _is_json(request) and not isinstance(json.loads(request.body), dict | list)
    except (ValueError, RecursionError):
        return False


def _lacks_boundary(request: Request, form: Form) -> bool:
    kind = request.headers.get("content-type", "")
    return kind.startswith("multipart/") and "boundary" not in parameters(kind)


def _has_other_charset(request: Request, form: Form) -> bool:
    return parameters(request.headers.get("content-type", "")).get("charset", "").lower() not in _CHARSETS


_FAILURES: tuple[tuple[str, str, Fails], ...] = (
    ("nul", "A text with NUL", _any_text(lambda text: "\0" in text)),
    (
        "half-surrogate",
        "Half of a surrogate pair",
        _any_text(lambda text: any("\ud800" <= each < "\ue000" for each in text)),
    ),
    ("deep-nesting", "JSON that is 512 levels deep", lambda request, _: request.body.count(b"[") > _MAX_DEPTH),
    ("deep-objects", "512 objects in each other", lambda request, _: request.body.count(b'{"') > _MAX_DEPTH),
    ("large-body", "A body beyond 512 KiB", lambda request, _: len(request.body) > _MAX_BYTES),
    ("many-fields", "A body with more than 1000 fields", lambda _, form: len(form.fields) > _MAX_FIELDS),
    ("long-key", "A key beyond 255 characters", lambda _, form: any(len(name) > _MAX_KEY for name in form.fields)),
    ("empty-key", "A key without a character", lambda _, form: "" in form.fields),
    ("huge-number", "A number beyond 64 bits", _any_number(lambda number: abs(number) >= _MAX_INTEGER)),
    (
        "infinity",
        "A number that overflows",
        _any_number(lambda number: isinstance(number, float) and math.isinf(number)),
    ),
    ("negative-zero", "A negative zero", _any_number(lambda number: number == 0 and math.copysign(1, number) < 0)),
    ("not-utf-8", "JSON that is not UTF-8", _is_not_utf8),
    ("mark", "A byte-order mark", lambda request, _: request.body.startswith(b"\xef\xbb\xbf")),
    ("no-body", "A request without a body", lambda request, _: not request.body),
    ("scalar", "A JSON value other than an object", _is_scalar),
    ("charset", "A charset other than UTF-8", _has_other_charset),
    ("no-boundary", "A form without a boundary", _lacks_boundary),
)
for _name, _what, _fails in _FAILURES:
    variant(f"fails-on-{_name}", "SHAPE", f"{_what} gets a 500.", base=Failing, fails=staticmethod(_fails))

variant(
    "worker-dies-of-nesting",
    "SHAPE",
    "JSON that is 512 levels deep ends a worker, and the proxy in front answers 502.",
    base=Failing,
    fails=staticmethod(lambda request, _: request.body.count(b"[") > _MAX_DEPTH),
    reply=Reply(502, b"<h1>Bad Gateway</h1>", content_type="text/html"),
)


@breaks("SHAPE", how="Bodies are read before tokens, and a list in them gets a 500.")
class FailsBeforeToken(Service):
    def operate(self, operation: Operation, request: Request) -> Reply:
        listed = any(isinstance(value, list) for value in self.form(request).fields.values())
        anonymous = not self.token(request)
        return FAILED if operation.name == "generate" and listed and anonymous else super().operate(operation, request)
