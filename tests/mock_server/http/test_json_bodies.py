"""JSON, as json_decode of PHP reads it, and the sentences about what it does not read."""

import json
import subprocess
from math import inf
from typing import Any

import pytest

from mock_server.http.json_bodies import JsonError, read_json
from support.mock import Mock
from support.php import find_php

PHP = "echo json_encode(json_decode(stream_get_contents(STDIN), true) === null);"


def nested(levels: int) -> bytes:
    """Return an object with so many levels, its own included."""
    return b'{"a":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


def shown(value: Any) -> str:
    """Return the start of a value, as the name of its case."""
    return repr(value)[:50]


READ: list[tuple[bytes, Any]] = [
    (b'{"a":1e0}', 1.0),
    (b'{"a":10e-1}', 1.0),
    (b'{"a":-0}', 0),
    (b'{"a":9223372036854775808}', 2**63),
    (b'{"a":1e400}', inf),
    (b'{"a":-1E400}', -inf),
    (b'{"a":%s}' % (b"9" * 5000), inf),
    (b'{"a":1e400,"a":2}', 2),
    (b'{"a":1,"a":2}', 2),
    (b'{"a":"\\ud83d\\ude00"}', "😀"),
    (b'{"a":"\\u0000"}', "\0"),
    (b'{"a":1,"":2}', 1),
    (b'\r\n\t {"a":1}\n\n', 1),
]


@pytest.mark.parametrize(("body", "value"), READ, ids=shown)
def test_it_is_read(body: bytes, value: Any) -> None:
    assert read_json(body, "application/json")["a"] == value


REFUSED = [
    (b'{"a":01}', "is not valid JSON: Expecting ',' delimiter (line 1, column 7)."),
    (b'{"a":\n+1}', "Expecting value (line 2, column 1)."),
    (b'{"a":.5}', "Expecting value (line 1, column 6)."),
    (b'{"a":NaN}', "it has no NaN."),
    (b'{"a":-Infinity}', "it has no -Infinity."),
    (b'{"a":1,}', "(line 1, column 8)."),
    (b"{'a':1}", "Expecting property name enclosed in double quotes (line 1, column 2)."),
    (b'{"a":"b\nc"}', "Invalid control character"),
    (b'{"a":"\\x41"}', "Invalid \\escape"),
    (b'{"a":1}{}', "Extra data (line 1, column 8)."),
    (b"// note\n{}", "Expecting value (line 1, column 1)."),
    (b"\x0c{}", "Expecting value (line 1, column 1)."),
    (b'{"a":"b', "Unterminated string"),
    (b'{"a":"\\ud800"}', "a \\u escape is half of a surrogate pair."),
    (b'{"\\udc00":1}', "a \\u escape is half of a surrogate pair."),
    (b'{"a":1e400,"b":"\\ud800"}', "a \\u escape is half of a surrogate pair."),
    (b'{"a":"\xed\xa0\x80"}', "byte 6 is not UTF-8. JSON is UTF-8 (RFC 8259)."),
    (b'{"a":"\xe9"}', "byte 6 is not UTF-8. JSON is UTF-8 (RFC 8259)."),
    (b"\xef\xbb\xbf{}", "it begins with a byte order mark: leave that out."),
    (nested(100_000), "it is nested too deeply."),
    (nested(512), "more than 511 levels."),
    (b'{"a":' + b" " * 70_000, "is not valid JSON: "),
]


@pytest.mark.parametrize(("body", "message"), REFUSED, ids=shown)
def test_it_is_refused_with_its_reason(body: bytes, message: str) -> None:
    with pytest.raises(JsonError) as refused:
        read_json(body, "application/json")
    assert str(refused.value).startswith("The request body is n")
    assert message in str(refused.value)
    assert " - at " not in str(refused.value)


def test_511_levels_are_read() -> None:
    assert list(read_json(nested(511), "application/json")) == ["a"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ([], "an array"),
        ("x", "a text"),
        (json.dumps({"a": 1}), "a text that holds one: encode it once"),
        (1.5, "a number"),
        (False, "true or false"),
        (None, "null"),
    ],
)
def test_json_that_is_not_an_object_is_named(value: Any, kind: str) -> None:
    with pytest.raises(JsonError) as refused:
        read_json(json.dumps(value).encode(), "application/json")
    assert str(refused.value) == f"The request body must be a JSON object, not {kind}."


@pytest.mark.slow
@pytest.mark.parametrize("body", [body for body, _ in READ] + [body for body, _ in REFUSED] + [nested(511)], ids=shown)
def test_php_reads_the_same(body: bytes) -> None:
    ran = subprocess.run([find_php(), "-n", "-r", PHP], input=body, capture_output=True, check=True)
    try:
        read_json(body, "application/json")
    except JsonError:
        assert ran.stdout == b"true"
    else:
        assert ran.stdout == b"false"


@pytest.mark.parametrize("number", [b"1e400", b"-1e400", b"9" * 5000])
def test_a_number_beyond_all_bounds_is_no_integer_and_harms_no_field_that_is_ignored(mock: Mock, number: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    fields = b'{"image_generator":"flux-pro","description_flux_pro":"A fox","image_number_of_images":%s,"other":%s}'
    path = "/api/v1/aiimage/generate-image"
    reply = mock.call("POST", path, content=fields % (number, b"1"), headers=headers)
    assert list(reply.json()["errors"]) == ["image_number_of_images"]
    assert mock.call("POST", path, content=fields % (b"1", number), headers=headers).status_code == 200
    assert len(mock.call("GET", "/_mock/requests", None).json()["requests"]) == 2
