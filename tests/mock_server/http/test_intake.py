"""What many requests at once may hold, and how uploads are taken in."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from PIL import Image

from mock_server import pictures
from mock_server.app import create_app
from mock_server.http import intake
from mock_server.http.body import parse_body
from support.asgi import call
from support.clocks import settle, until
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

GENERATE = f"{PREFIX}/generate-image"
JSON = {"Content-Type": "application/json"}
FORM = {
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
    """A body sent bit by bit: `sent` says how much of it the mock has read, and it ends when it is let."""

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
    return asyncio.create_task(mock.acall("POST", GENERATE, token, content=body, headers=JSON))


def test_of_large_bodies_only_so_many_are_read_at_a_time_and_the_others_wait(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_large_bodies=2)))

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


def test_small_bodies_wait_for_nobody(start: Start) -> None:
    mock = start(settings(behaves=behaviour(max_large_bodies=1)))

    async def scenario() -> None:
        large = Body(2**20, b"{")
        call = post(mock, large, "large")
        await settle()
        small = await mock.acall("POST", GENERATE, "small", json=dict(DALL_E))
        assert small.status_code == 200
        large.may_end.set()
        await call

    mock.run(scenario)


@pytest.mark.parametrize("end", ["refused", "hung up", "cancelled", "too large"])
def test_a_place_is_free_again_however_the_request_ends(start: Start, end: str) -> None:
    mock = start(settings(behaves=behaviour(max_large_bodies=1, max_body_bytes=2**20)))

    class HangingUp(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield b" " * 100_000
            if end == "hung up":
                raise OSError("gone")
            await asyncio.Event().wait()

    async def scenario() -> None:
        body = {"refused": Body(100_000, b"{"), "too large": Body(2**21)}.get(end) or HangingUp(0)
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

    def measure(data: bytes, max_pixels: int) -> tuple[int, int]:
        decoding[0] += 1
        most[0] = max(most[0], decoding[0])
        release.wait(10)
        decoding[0] -= 1
        return 8, 8

    monkeypatch.setattr(pictures, "measure", measure)

    async def upload(number: int) -> int:
        parts: dict[str, Any] = {name: (None, value) for name, value in FORM.items()}
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


def test_a_file_in_a_field_that_takes_none_is_never_decoded(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    def measure(data: bytes, max_pixels: int) -> tuple[int, int]:
        raise AssertionError("decoded")

    monkeypatch.setattr(pictures, "measure", measure)
    parts: dict[str, Any] = {name: (None, str(value)) for name, value in DALL_E.items()}
    many = [(f"other{number}", ("a.png", png())) for number in range(50)]
    assert mock.call("POST", GENERATE, files=[*parts.items(), *many]).status_code == 200


@pytest.mark.parametrize(("size", "aside"), [(65_536, False), (65_537, True), (2**20, True)])
def test_a_large_body_is_parsed_aside_also_where_it_comes_in_one_piece(
    monkeypatch: pytest.MonkeyPatch, size: int, aside: bool
) -> None:
    parsed: list[bool] = []

    def parse(*args: Any, **kwargs: Any) -> Any:
        parsed.append(threading.current_thread() is not threading.main_thread())
        return parse_body(*args, **kwargs)

    monkeypatch.setattr(intake, "parse_body", parse)
    body = {"padding": "x" * (size - len('{"padding": ""}'))}
    assert asyncio.run(call(create_app(settings()), "POST", GENERATE, "somebody", body)).status == 422
    assert parsed == [aside]


def test_a_large_form_is_understood_like_a_small_one(mock: Mock) -> None:
    parts: dict[str, Any] = {name: (None, value) for name, value in FORM.items()}
    padding = (None, "x" * 200_000)
    reply = mock.call("POST", GENERATE, files={**parts, "other": padding, "image_src": ("a.png", png())})
    assert reply.status_code == 200
    assert mock.call("POST", GENERATE, files={**parts, "other": padding}).status_code == 422
