"""Large bodies take turns: their places, their threads, and the decoding of their uploads."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from mock_server import pictures
from mock_server.app import create_app
from mock_server.http import body as body_module
from mock_server.http.parsing import parse_body
from support.asgi import call
from support.clocks import settle, until
from support.mock import DALL_E, PREFIX, Mock, Start, behaviour
from support.mock import settings as started_with
from support.odd_uploads import small_png

GENERATE = f"{PREFIX}/generate-image"

UPLOAD_FORM = {
    "image_generator": "stablediffusion",
    "stable_description": "Finer",
    "type": "image-to-image",
    "image_resolution": "32x24",
    "image_number_of_images": "1",
}


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
        files = {**parts, "image_src": ("a.png", small_png(number))}
        return (await mock.acall("POST", GENERATE, f"upload-{number}", files=files)).status_code

    async def scenario() -> list[int]:
        calls = [asyncio.create_task(upload(number)) for number in range(6)]
        await until(lambda: decoding[0] == 2)
        await settle()
        release.set()
        return await asyncio.gather(*calls)

    assert mock.run(scenario) == [200] * 6
    assert most[0] == 2


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
    reply = mock.call("POST", GENERATE, files={**parts, "other": padding, "image_src": ("a.png", small_png())})
    assert reply.status_code == 200
    assert mock.call("POST", GENERATE, files={**parts, "other": padding}).status_code == 422
