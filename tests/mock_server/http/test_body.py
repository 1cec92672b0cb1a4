"""Bodies of every kind, well-formed and malformed, and the memory of many large ones."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server import pictures
from mock_server.http.body import without_file_bytes
from mock_server.http.context import SentFile, Upload
from support.examples import examples
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour
from support.mock import settings as started_with
from support.odd_uploads import small_png

GENERATE = f"{PREFIX}/generate-image"

CONTENT_TYPES = [
    "application/json",
    "application/json; charset=utf-16",
    "application/vnd.api+json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=x; charset=nonsense",
    'multipart/form-data; boundary="',
    "application/x-www-form-urlencoded",
    "text/plain",
    "\xff;\x00",
    "",
]

PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'


def form(**fields: object) -> dict[str, str]:
    return {name: str(value) for name, value in {**DALL_E, **fields}.items()}


def test_json_urlencoded_and_multipart_bodies_are_equivalent(mock: Mock) -> None:
    files = {name: (None, value) for name, value in form().items()}
    sent: list[dict[str, Any]] = [{"json": dict(DALL_E)}, {"data": form()}, {"files": files}]
    replies = [mock.call("POST", GENERATE, **each) for each in sent]
    assert [reply.status_code for reply in replies] == [200, 200, 200]
    assert len({reply.json()["images"][0]["input"] for reply in replies}) == 1


def test_values_are_trimmed_and_empty_ones_are_absent(mock: Mock) -> None:
    reply = mock.generate(description=" \u200b a lake\n", mood=None, image_style="  ", unknown={"a": 1})
    assert reply.status_code == 200
    assert reply.json()["images"][0]["input"] == "a lake"
    blank = mock.generate(description=" \t\u3000")
    assert blank.json()["errors"] == {
        "description": ["The description field is required when image generator is dall-e."]
    }


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"{", "application/json", "is not valid JSON"),
        (b'{"a": NaN}', "application/json", "is not valid JSON"),
        (b'{"a": "\\ud800"}', "application/json", "is not valid JSON"),
        (b"[" * 100_000, "application/json", "nested too deeply"),
        (b"[]", "application/json", "must be a JSON object"),
        (b"null", "application/json", "must be a JSON object"),
        (b"\xff\xfe", "application/json", "is not valid JSON"),
        (b"a=b", "text/plain", "the Content-Type is text/plain"),
        (b"a=b", "", "the Content-Type is missing"),
        (b"--x", "multipart/form-data", "has no boundary"),
        (PART + b"--x--\r\n", "multipart/form-data; boundary=y", "no line of the body is --y"),
        (b"--x\r\nA: b\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", "and so no name"),
        (b"--x\r\nContent-Disposition: a\r\n\r\n", "multipart/form-data; boundary=x", "a part has no name"),
        (b"--x\r\n" + b"A: b\r\n" * 9, "multipart/form-data; boundary=x", "a part has more than 8 headers"),
        (b"--x\r\nA: " + b"b" * 4096, "multipart/form-data; boundary=x", "or one of more than 4096 bytes"),
        (b"--x\r\n", "multipart/form-data; boundary=" + "x" * 300, "no line of the body is --xxx"),
        (PART * 201 + b"--x--\r\n", "multipart/form-data; boundary=x", "more than 200 parts"),
        (b"&".join(b"a%d=b" % n for n in range(300)), "application/x-www-form-urlencoded", "more than 200 fields"),
    ],
)
def test_an_unreadable_body_is_422_with_the_reason(mock: Mock, body: bytes, content_type: str, reason: str) -> None:
    reply = mock.call("POST", GENERATE, content=body, headers={"Content-Type": content_type} if content_type else {})
    assert reply.status_code == 422
    assert reason in reply.json()["message"]
    assert reply.json()["errors"] == {"body": [reply.json()["message"]]}


@pytest.mark.parametrize("line", [b"A: b\r\n", b"A", b"A: " + b"b" * 5000])
def test_twelve_megabytes_of_part_headers_are_422(mock: Mock, line: bytes) -> None:
    body = b"--x\r\n" + line * (12_000_000 // len(line))
    reply = mock.call("POST", GENERATE, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert reply.status_code == 422
    assert "a part has more than 8 headers, or one of more than 4096 bytes" in reply.json()["message"]


@pytest.mark.parametrize(
    ("two", "three", "content_type"),
    [
        (PART * 2 + b"--x--\r\n", PART * 3 + b"--x--\r\n", "multipart/form-data; boundary=x"),
        (b"a=b&a=c", b"a=b&a=c&a=d", "application/x-www-form-urlencoded"),
    ],
)
def test_a_form_can_have_at_most_the_maximum_of_parts(
    start: Start, two: bytes, three: bytes, content_type: str
) -> None:
    mock = start(started_with(behaves=behaviour(max_form_parts=2)))
    headers = {"Content-Type": content_type}
    replies = [mock.call("POST", GENERATE, content=each, headers=headers) for each in (two, three)]
    assert [reply.status_code for reply in replies] == [422, 422]
    assert "image_generator" in replies[0].json()["errors"]
    assert "more than 2 " in replies[1].json()["message"]


def test_an_empty_body_gets_the_required_fields_in_its_errors(mock: Mock) -> None:
    errors = mock.call("POST", GENERATE).json()["errors"]
    assert list(errors) == ["image_generator", "image_number_of_images"]


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_beyond_the_limit_is_413(mock: Mock, declared: bool) -> None:
    size = 12 * 2**20 + 1

    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(size // 65_536 + 1):
            yield b" " * 65_536

    reply = mock.call("POST", GENERATE, content=b" " * size if declared else chunks())  # type: ignore[no-untyped-call]
    assert reply.status_code == 413
    assert str(12 * 2**20) in reply.json()["message"]


def test_an_empty_file_field_of_a_browser_is_absent(mock: Mock) -> None:
    fields = {name: (None, value) for name, value in form().items()}
    reply = mock.call("POST", GENERATE, files={**fields, "image_src": ("", b"", "application/octet-stream")})
    assert reply.status_code == 200


def test_a_file_in_a_field_that_takes_no_file_is_not_decoded(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(data: bytes, max_pixels: int, max_seconds: float) -> tuple[int, int]:
        raise AssertionError("decoded")

    monkeypatch.setattr(pictures, "measure", measure)
    parts: dict[str, Any] = {name: (None, str(value)) for name, value in DALL_E.items()}
    many = [(f"other{number}", ("a.png", small_png())) for number in range(50)]
    assert mock.call("POST", GENERATE, files=[*parts.items(), *many]).status_code == 200


def test_the_bytes_of_a_file_are_not_kept() -> None:
    assert without_file_bytes({"image_src": Upload(b"a picture"), "type": "upscale"}) == {
        "image_src": SentFile(9),
        "type": "upscale",
    }


@st.composite
def multipart_like(draw: st.DrawFn) -> bytes:
    """Return bytes similar to a form, with some errors."""
    names = st.sampled_from([*DALL_E, "image_src", "", '"', "\r\n"])
    parts = draw(st.lists(st.tuples(names, st.binary(max_size=30), st.booleans()), max_size=5))
    body = b""
    for name, value, is_file in parts:
        file_name = '; filename="a.png"' if is_file else ""
        body += (
            b"--x\r\n" + f'Content-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'.encode() + value + b"\r\n"
        )
    body += b"--x--\r\n"
    cut = draw(st.integers(0, len(body)))
    return body if draw(st.booleans()) else body[:cut] + draw(st.binary(max_size=5)) + body[cut:]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

json_like = st.dictionaries(st.sampled_from([*DALL_E, "type", "image_src", "image_resolution"]), json_values).map(
    lambda changes: json.dumps({**DALL_E, **changes}).encode()
)

bodies = (
    st.binary(max_size=300) | multipart_like() | json_like | st.text().map(lambda text: text.encode("utf-8", "replace"))
)


@settings(
    max_examples=examples(1000),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    body=bodies, content_type=st.sampled_from(CONTENT_TYPES) | st.text(st.characters(max_codepoint=255), max_size=40)
)
def test_any_bytes_get_a_clear_4xx_or_a_valid_200(mock: Mock, body: bytes, content_type: str) -> None:
    raw = content_type.encode("latin-1")
    mock.call("PUT", "/_mock/worlds/fuzz", None, json={"credits": 10})
    reply = mock.call("POST", GENERATE, "fuzz", content=body, headers={"Content-Type": raw})
    assert reply.status_code in {200, 422}
    assert reply.headers["content-type"] == "application/json"
    assert reply.json().keys() >= ({"images"} if reply.status_code == 200 else {"message", "errors"})
    assert reply.status_code == 200 or reply.json()["message"]
