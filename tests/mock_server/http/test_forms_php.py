"""Forms, as PHP itself reads them: the table of cases, and drawn ones."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.http.forms import Form, read_multipart, read_urlencoded
from mock_server.http.multipart import MultipartError
from support.examples import examples
from support.forms import CASES, END, URLENCODED, Case, as_read, part
from support.php import Php, php

pytestmark = pytest.mark.slow
LATIN = "; charset=latin-1"  # each byte a character, as PHP's strings are compared


@pytest.fixture(scope="module")
def served() -> Iterator[Php]:
    with php() as server:
        yield server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_php_reads_a_form_as_the_table_says(served: Php, case: Case) -> None:
    assert served.fields(case.content_type, case.body) == as_bytes(case.read)


def as_bytes(value: Any) -> Any:
    """Return a value with each byte of its texts as a character."""
    if isinstance(value, dict):
        return {as_bytes(key): as_bytes(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_bytes(each) for each in value]
    return value.encode().decode("latin-1") if isinstance(value, str) else value


PIECES = [
    b"\r\n",
    b"\n",
    b"\r",
    b"--x",
    b"--x--",
    b"--",
    b": ",
    b";",
    b"=",
    b'"',
    b"'",
    b"\\",
    b" ",
    b"\t",
    b"\0",
    b"[",
    b"]",
]
PIECES += [
    b"Content-Disposition: form-data; ",
    b'name="a"',
    b"name=b",
    b'filename="c.png"',
    b'filename=""',
    b"\xe9",
    b"z",
]
WELL_FORMED = [part(b'name="a"'), part(b'name="b[]"', b"2"), part(b'name="f"; filename="g"', b"333"), END]
drawn = st.lists(st.sampled_from(PIECES + WELL_FORMED * 3), max_size=25).map(b"".join)
many = settings(max_examples=examples(1000), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(drawn)
def test_a_drawn_multipart_form_is_read_as_by_php(served: Php, body: bytes) -> None:
    try:
        form = read_multipart(f"multipart/form-data; boundary=x{LATIN}", body, 200)
    except MultipartError:
        form = Form()
    assert as_read(form) == served.fields("multipart/form-data; boundary=x", body)


@many
@given(
    st.lists(st.sampled_from([b"a", b"b", b"=", b"&", b"[", b"]", b"+", b"%20", b"%5B", b"%00", b".", b"%", b"\xe9"]))
)
def test_a_drawn_urlencoded_form_is_read_as_by_php(served: Php, pieces: list[bytes]) -> None:
    body = b"".join(pieces)
    assert as_read(read_urlencoded(URLENCODED + LATIN, body, 200)) == served.fields(URLENCODED, body)
