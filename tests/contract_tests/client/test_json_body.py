"""The bodies of replies, read leniently and judged strictly."""

import json
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies

from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.json_body import NotJsonError, read_json
from contract_tests.oracle.contract import load_contract

AVAILABLE = {"status": "success", "message": "Image generation is available."}
TEXT = json.dumps(AVAILABLE)
VALUES = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers()
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(),
    lambda inner: strategies.lists(inner) | strategies.dictionaries(strategies.text(), inner),
)


@given(VALUES, strategies.booleans(), strategies.sampled_from([None, 2]))
def test_the_text_of_a_strict_writer_has_no_fault(value: Any, escaped: bool, indent: int | None) -> None:
    # A lone surrogate can only be written as an escape.
    text = json.dumps(value, ensure_ascii=escaped or "\\ud" in json.dumps(value), indent=indent)
    body = read_json(text.encode())
    assert (body.value, body.fault) == (value, None)


@given(strategies.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(NotJsonError):
        json.dumps(read_json(content).value)


FAULTS = {
    "a byte-order mark": (b"\xef\xbb\xbf" + TEXT.encode(), "a byte-order mark before the JSON"),
    "UTF-16": (TEXT.encode("utf-16-le"), "a text in UTF-16-LE, not in UTF-8"),
    "UTF-16 with a mark": (TEXT.encode("utf-16"), "a text in UTF-16, not in UTF-8"),
    "UTF-32": (TEXT.encode("utf-32-be"), "a text in UTF-32-BE, not in UTF-8"),
    "a duplicate key": (b'{"status": "error", ' + TEXT[1:].encode(), "the key 'status' twice in one object"),
    "NaN": (TEXT[:-1].encode() + b', "left": NaN}', "the value NaN"),
    "Infinity": (TEXT[:-1].encode() + b', "left": [-Infinity]}', "the value -Infinity"),
    "Latin-1": (TEXT[:-1].encode() + b', "caf\xe9": 1}', "bytes that are not UTF-8"),
    "half a letter": (TEXT[:-1].encode() + b', "a": "\xe4\xb8"}', "bytes that are not UTF-8"),
}


@pytest.mark.parametrize(("content", "fault"), FAULTS.values(), ids=FAULTS)
def test_a_body_that_a_lenient_parser_reads_is_one_finding_about_its_bytes(content: bytes, fault: str) -> None:
    body = read_json(content)
    assert body.value["message"] == AVAILABLE["message"]
    assert body.fault == fault
    exchange = Exchange("GET", "http://127.0.0.1/", "primary", None, status=200)
    reply = Reply(200, {"content-type": "application/json"}, content, exchange)
    found = [(each.rule, each.received) for each in load_contract().deviations("checkAvailability", reply)]
    assert found == [("SHAPE", fault)]


UNREADABLE = {
    "empty": b"",
    "white space": b" \n",
    "text behind": TEXT.encode() + b"\nWarning",
    "text before": b"Notice\n" + TEXT.encode(),
    "two values": TEXT.encode() * 2,
    "cut": TEXT[:-5].encode(),
    "single quotes": b"{'status': 'success'}",
    "a comma at the end": b'{"status": "success",}',
    "a comment": b'{"status": "success" /* ok */}',
    "a line end in a text": b'{"status": "a\nb"}',
    "a number that begins with 0": b'{"left": 01}',
    "another white space": TEXT.encode() + b"\x0c",
    "two marks": b"\xef\xbb\xbf" * 2 + TEXT.encode(),
    "deep nesting": b"[" * 200_000,
}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_no_parser_reads_is_refused(content: bytes) -> None:
    with pytest.raises(NotJsonError):
        read_json(content)


def test_the_same_key_may_be_in_two_objects() -> None:
    assert read_json(b'[{"id": 1}, {"id": 2, "in": {"id": 3}}]').fault is None


def test_the_first_fault_is_named() -> None:
    body = read_json(b'\xef\xbb\xbf{"a": NaN, "a": 1, "b": NaN}')
    assert body.fault == "a byte-order mark before the JSON"
    assert math.isnan(body.value["b"])
