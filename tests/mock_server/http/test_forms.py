"""Forms as PHP reads them, and their charsets."""

import contextlib
import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.http.forms import read_multipart, read_urlencoded
from mock_server.http.multipart import MultipartError
from mock_server.http.parsing import parse_body
from mock_server.http.replies import RefusedError
from support.forms import CASES, END, MULTIPART, URLENCODED, Case, as_read, part
from support.mock import behaviour


def read(case: Case) -> dict[str, Any]:
    reader = read_multipart if "multipart" in case.content_type.lower() else read_urlencoded
    return as_read(reader(case.content_type, case.body, 200))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.why)
def test_a_form_is_read_as_by_php(case: Case) -> None:
    assert read(case) == case.read


def text(data: bytes, kind: str = "", parameters: str = "", before: bytes = b"") -> tuple[Any, dict[str, str]]:
    """Return the value of the field `a`, and what is broken."""
    head = b'name="a"' + (f"\r\nContent-Type: {kind}".encode() if kind else b"")
    form = read_multipart(MULTIPART + parameters, before + part(head, data) + END, 200)
    return form.fields["a"], form.broken


@pytest.mark.parametrize(
    ("kind", "parameters", "before", "charset"),
    [
        ("text/plain; charset=iso-8859-1", "", b"", "latin-1"),  # RFC 7578, 4.4: of the part
        ('text/plain; Charset="ISO-8859-1"', "; charset=utf-8", b"", "latin-1"),
        ("text/plain;charset=utf-16", "", b"", "utf-16"),
        ("text/plain; charset=UTF-16LE", "", b"", "utf-16-le"),
        ("text/plain; charset=utf-16be", "", b"", "utf-16-be"),
        ("text/plain; charset=windows-1252", "", b"", "cp1252"),
        ("text/plain; charset=utf-8", "; charset=latin-1", b"", "utf-8"),
        ("text/plain", "; charset=ISO-8859-15", b"", "iso-8859-15"),  # of the form
        ("", "; charset=windows-1250", b"", "cp1250"),
        ("", "", part(b'name="_charset_"', b"iso-8859-1"), "latin-1"),  # RFC 7578, 4.6: of its texts
        ("", "; charset=utf-8", part(b'name="_charset_"', b"ISO-8859-1"), "latin-1"),
        ("", "", b"", "utf-8"),  # RFC 7578, 5.1.2: the default
    ],
)
def test_a_text_is_decoded_by_the_charset_that_it_declares(
    kind: str, parameters: str, before: bytes, charset: str
) -> None:
    assert text("Café".encode(charset), kind, parameters, before) == ("Café", {})


@pytest.mark.parametrize(
    ("data", "kind", "problem"),
    [
        (b"Caf\xe9", "", "is not valid UTF-8: send UTF-8, or declare the charset"),
        (b"Caf\xe9", "text/plain; charset=us-ascii", "is not valid US-ASCII, the declared charset"),
        (b"Caf\xe9!", "text/plain; charset=utf-16", "is not valid UTF-16, the declared charset"),
        ("Café".encode("utf-16"), "", "is not valid UTF-8: send UTF-8, or declare the charset"),
        (b"\xed\xa0\x80", "", "is not valid UTF-8: send UTF-8, or declare the charset"),  # a surrogate
        (b"\xc0\x80", "", "is not valid UTF-8: send UTF-8, or declare the charset"),  # not the shortest form
        (b"Cafe", "text/plain; charset=nonsense", "cannot be decoded: the charset nonsense is unknown"),
        (b"Cafe", "text/plain; charset=rot13", "cannot be decoded: the charset rot13 is unknown"),  # of Python alone
        (b"Cafe", "text/plain; charset=idna", "cannot be decoded: the charset idna is unknown"),
        (b"Cafe", "text/plain; charset=unicode_escape", "cannot be decoded: the charset unicode_escape is unknown"),
        (b"\x81", "text/plain; charset=windows-1252", "is not valid WINDOWS-1252, the declared charset"),
    ],
)
def test_a_text_that_cannot_be_decoded_is_broken(data: bytes, kind: str, problem: str) -> None:
    assert text(data, kind)[1] == {"a": problem}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (URLENCODED, b"a=Caf%C3%A9"),
        (f"{URLENCODED}; charset=iso-8859-1", b"a=Caf%E9"),
        (f"{URLENCODED}; charset=iso-8859-1", b"a=Caf\xe9"),
        (f"{URLENCODED};charset=windows-1252", b"a=Caf%e9"),
        (URLENCODED, b"a=Caf%E9&_charset_=iso-8859-1"),
        (f"{URLENCODED}; charset=utf-16", "a=Café".encode("utf-16")),  # the whole body is written in it
        (f"{URLENCODED}; charset=utf-16le", "a=Caf%C3%A9".encode("utf-16-le")),
    ],
)
def test_an_urlencoded_form_is_decoded_by_the_charset_that_it_declares(content_type: str, body: bytes) -> None:
    form = read_urlencoded(content_type, body, 200)
    assert (form.fields["a"], form.broken) == ("Café", {})


@pytest.mark.parametrize(
    ("content_type", "reason"),
    [
        ("multipart/form-data", "has no boundary"),
        ("multipart/form-data; boundary", "has no boundary"),
        ("multipart/form-data; boundary=", "the boundary in the Content-Type is empty"),
        ('multipart/form-data; boundary=""', "the boundary in the Content-Type is empty"),
        ('multipart/form-data; boundary="x', "are not closed"),
        ("multipart/form-data; boundary=y", "no line of the body is --y"),
        ("multipart/form-data; boundary= x", "no line of the body is -- x"),
        ("multipart/form-data; boundary='x'", "no line of the body is --'x'"),
    ],
)
def test_a_boundary_that_php_does_not_find_is_named(content_type: str, reason: str) -> None:
    with pytest.raises(MultipartError, match=reason):
        read_multipart(content_type, part(b'name="a"') + END, 200)


NAMES = st.text("ab[] .\0é", max_size=8)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=8)), max_size=6), st.integers(0, 400))
def test_any_form_is_read_or_refused(pairs: list[tuple[str, bytes]], cut: int) -> None:
    body = b"".join(part(b'name="%s"' % name.encode(), value) for name, value in pairs) + END
    for content_type, each in ((MULTIPART, body[:cut]), (URLENCODED, b"a=1&" + body)):
        with contextlib.suppress(RefusedError):
            assert all(parse_body(content_type, each, behaviour()).fields)


def steps_of(body: bytes) -> int:
    """Return how many functions are called to read a form."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        del frame, argument
        calls += event in {"call", "c_call"}

    for content_type in (MULTIPART, "multipart/form-data; boundary=" + "-" * 60):
        sys.setprofile(count)
        try:
            with contextlib.suppress(MultipartError):
                read_multipart(content_type, body, 200)
        finally:
            sys.setprofile(None)
    return calls


# How long forms of 12 MB hold up others is measured by the soak test.
@pytest.mark.parametrize(
    "make",
    [
        lambda size: b"-" * size,
        lambda size: b"\n--x" * (size // 4),
        lambda size: b"\n--x\r" * (size // 5),
        lambda size: b"--x\r\n\r\n" * 100 + b"\r\n-" * (size // 3),
        lambda size: part(b'name="a"; filename="b"', b"\r\n--" * (size // 4)),
    ],
    ids=["dashes", "boundaries", "half line ends", "half boundaries", "in a file"],
)
def test_a_form_of_twice_the_size_takes_twice_the_steps_at_most(make: Callable[[int], bytes]) -> None:
    assert steps_of(make(80_000)) <= 2 * steps_of(make(40_000)) + 100


@pytest.mark.parametrize("value", [b"%" * 4_000_000, b"%41" * 1_300_000, b"%zz" * 1_300_000])
@pytest.mark.slow
def test_escapes_take_no_more_memory_than_a_few_times_the_form(value: bytes) -> None:
    tracemalloc.start()
    read_urlencoded(URLENCODED, b"a=" + value, 200)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * len(value)


@given(st.integers(65_530, 65_540), st.sampled_from([b"%41", b"%", b"%4", b"%%41", b"%z1"]))
def test_an_escape_at_the_end_of_a_piece_is_decoded(before: int, escape: bytes) -> None:
    value = b"x" * before + escape + b"y" * 10
    assert read_urlencoded(URLENCODED, b"a=" + value, 200).fields["a"] == unquote_to_bytes(value).decode()
