"""Bodies of every kind, well-formed and malformed, and the memory of many large ones."""

import asyncio
import io
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mock_server import pictures
from mock_server.app import create_app
from mock_server.http import body as body_module
from mock_server.http.body import without_file_bytes
from mock_server.http.context import SentFile, Upload
from mock_server.http.parsing import parse_body
from support.asgi import call
from support.clocks import settle, until
from support.examples import examples
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour
from support.mock import settings as started_with

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


UPLOAD_FORM = {
    "image_generator": "stablediffusion",
    "stable_description": "Finer",
    "type": "image-to-image",
    "image_resolution": "32x24",
    "image_number_of_images": "1",
}


def png(shade: int = 0) -> bytes:
    output = io.BytesIO()
    Image.new("L", (8, 8), shade).save(output, "PNG")
    return output.getvalue()


class Body:
    """A body sent in pieces. sent: the bytes that the mock has read; it ends once `may_end` is set."""

    def __init__(self, size: int, end: bytes = b"") -> None:
        self._size = size
        self._end = end
        self.sent = 0
        self.may_end = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while self.sent < self._size:
            self.sent += 16_384
            yield b" " * 16_384
        await self.may_end.wait()
        yield self._end


def post(mock: Mock, body: Body, token: str) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(
        mock.acall("POST", GENERATE, token, content=body, headers={"Content-Type": "application/json"})
    )


def test_large_bodies_beyond_the_limit_wait_until_others_are_done(start: Start) -> None:
    mock = start(started_with(behaves=behaviour(max_large_bodies=2)))

    async def scenario() -> None:
        bodies = [Body(2**20, b"{") for _ in range(5)]
        calls = [post(mock, body, f"large-{number}") for number, body in enumerate(bodies)]
        await settle()
        assert [body.sent for body in bodies] == [2**20] * 2 + [65_536 + 16_384] * 3
        for body, sent in zip(bodies, calls, strict=True):
            body.may_end.set()
            assert (await sent).status_code == 422
        assert {body.sent for body in bodies} == {2**20}

    mock.run(scenario)


def test_an_account_cannot_hold_all_places(start: Start) -> None:
    mock = start(started_with(behaves=behaviour(max_large_bodies=2)))

    async def scenario() -> None:
        slow = [post(mock, Body(2**20, b"{"), "slow") for _ in range(5)]
        await settle()
        body = Body(2**20, b"{")
        body.may_end.set()
        assert (await post(mock, body, "other")).status_code == 422
        for waiting in slow:
            waiting.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    mock.run(scenario)


def test_small_bodies_do_not_wait_for_large_ones(start: Start) -> None:
    mock = start(started_with(behaves=behaviour(max_large_bodies=1)))

    async def scenario() -> None:
        large = Body(2**20, b"{")
        call = post(mock, large, "large")
        await settle()
        small = await mock.acall("POST", GENERATE, "small", json=dict(DALL_E))
        assert small.status_code == 200
        large.may_end.set()
        await call

    mock.run(scenario)


@pytest.mark.parametrize("end", ["refused", "disconnected", "cancelled", "too large"])
def test_a_slot_is_released_when_a_request_ends(start: Start, end: str) -> None:
    mock = start(started_with(behaves=behaviour(max_large_bodies=1, max_body_bytes=2**20)))

    class Unfinished(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b" " * 100_000
            if end == "disconnected":
                raise OSError("gone")
            await asyncio.Event().wait()

    async def scenario() -> None:
        body = {"refused": Body(100_000, b"{"), "too large": Body(2**21)}.get(end) or Unfinished(0)
        body.may_end.set()
        call = post(mock, body, "first")
        await settle()
        if end == "cancelled":
            call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        second = Body(100_000, b"{")
        second.may_end.set()
        assert (await post(mock, second, "second")).status_code == 422

    mock.run(scenario)


def test_only_two_uploads_are_decoded_at_a_time(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    decoding, most, release = [0], [0], threading.Event()

    def measure(data: bytes, max_pixels: int, max_seconds: float) -> tuple[int, int]:
        decoding[0] += 1
        most[0] = max(most[0], decoding[0])
        release.wait(10)
        decoding[0] -= 1
        return 8, 8

    monkeypatch.setattr(pictures, "measure", measure)

    async def upload(number: int) -> int:
        parts: dict[str, Any] = {name: (None, value) for name, value in UPLOAD_FORM.items()}
        files = {**parts, "image_src": ("a.png", png(number))}
        return (await mock.acall("POST", GENERATE, f"upload-{number}", files=files)).status_code

    async def scenario() -> list[int]:
        calls = [asyncio.create_task(upload(number)) for number in range(6)]
        await until(lambda: decoding[0] == 2)
        await settle()
        release.set()
        return await asyncio.gather(*calls)

    assert mock.run(scenario) == [200] * 6
    assert most[0] == 2


def test_a_file_in_a_field_that_takes_no_file_is_not_decoded(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(data: bytes, max_pixels: int, max_seconds: float) -> tuple[int, int]:
        raise AssertionError("decoded")

    monkeypatch.setattr(pictures, "measure", measure)
    parts: dict[str, Any] = {name: (None, str(value)) for name, value in DALL_E.items()}
    many = [(f"other{number}", ("a.png", png())) for number in range(50)]
    assert mock.call("POST", GENERATE, files=[*parts.items(), *many]).status_code == 200


@pytest.mark.parametrize(("size", "in_thread"), [(65_536, False), (65_537, True), (2**20, True)])
def test_a_large_body_is_parsed_in_a_thread_even_if_it_arrives_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, size: int, in_thread: bool
) -> None:
    parsed: list[bool] = []

    def parse(*args: Any, **kwargs: Any) -> Any:
        parsed.append(threading.current_thread() is not threading.main_thread())
        return parse_body(*args, **kwargs)

    monkeypatch.setattr(body_module, "parse_body", parse)
    body = {"padding": "x" * (size - len('{"padding": ""}'))}
    assert asyncio.run(call(create_app(started_with()), "POST", GENERATE, "anyone", body)).status == 422
    assert parsed == [in_thread]


def test_a_large_form_is_parsed_like_a_small_one(mock: Mock) -> None:
    parts: dict[str, Any] = {name: (None, value) for name, value in UPLOAD_FORM.items()}
    padding = (None, "x" * 200_000)
    reply = mock.call("POST", GENERATE, files={**parts, "other": padding, "image_src": ("a.png", png())})
    assert reply.status_code == 200
    assert mock.call("POST", GENERATE, files={**parts, "other": padding}).status_code == 422


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
