"""Parsing of request bodies."""

import json
from urllib.parse import urlencode

import httpx
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.wrong_servers.wire import Form, parameters, parse

names = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=12)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
fields = st.dictionaries(names, texts, max_size=5)


@given(fields, st.dictionaries(names, st.binary(max_size=200), min_size=1, max_size=3))
def test_a_multipart_body_is_parsed_as_written(given_fields: dict[str, str], files: dict[str, bytes]) -> None:
    uploads = {name: ("a picture.png", content, "image/png") for name, content in files.items()}
    request = httpx.Request("POST", "http://localhost", data=given_fields, files=uploads)
    assert parse(request.headers["content-type"], request.read()) == Form(given_fields, files)


@given(st.binary(max_size=300))
def test_any_multipart_body_is_parsed(body: bytes) -> None:
    form = parse("multipart/form-data; boundary=b", b"--b\r\n" + body)
    assert all(isinstance(value, str) for value in form.fields.values())


@given(fields)
def test_an_urlencoded_body_is_parsed_as_written(given_fields: dict[str, str]) -> None:
    assert parse("application/x-www-form-urlencoded", urlencode(given_fields).encode()).fields == given_fields


@given(fields)
def test_json_is_parsed_as_written(given_fields: dict[str, str]) -> None:
    assert parse("application/json; charset=utf-8", json.dumps(given_fields).encode()) == Form(dict(given_fields))


def test_an_unreadable_body_has_no_fields() -> None:
    for kind, body in (("application/json", b"{"), ("application/json", b"[1]"), ("text/plain", b"a=b"), ("", b"{}")):
        assert parse(kind, body) == Form()
    assert parse("multipart/form-data", b"--b\r\n\r\n--b--") == Form()


def test_parameters_may_be_quoted() -> None:
    header = r'form-data; name="a \"b\""; filename=picture.png'
    assert parameters(header) == {"name": 'a "b"', "filename": "picture.png"}
