"""Five careful clients: one behaviour, in two forms, over five ways to send a request.

A request whose outcome is unknown may have been paid for. So they wait as long as a generation may run, look for the
image in recent-images, and order again only if it is not there.
"""

import asyncio
import json
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Generator, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple

import aiohttp
import httpx
import requests

from .api import ORDER, TLS, Api

TIMEOUT = 150  # longer than any generation runs
DELAYS = (1, 2, 4, 8, 16, 32, 64)  # together too
ORDERS = 4


class Reply(NamedTuple):
    """A reply that arrived completely."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Request(NamedTuple):
    """A request. order: whether it is the one that costs credits, with ORDER as its body."""

    url: str
    headers: Mapping[str, str]
    order: bool = False


class OrderError(Exception):
    """There is no picture, and nothing was paid as far as the client can know."""


# The behaviour is a generator: it yields a request, or a number of seconds to sleep, and gets a reply, or None without
# one. So it can be driven with asyncio and without.
Steps = Generator[Request | float, Reply | None, Any]


def steps(api: Api) -> Steps:
    """Return the picture of a new image, paid for once; raise OrderError."""
    known = {image["id"] for image in (yield from _recent(api))}
    for _ in range(ORDERS):
        reply = yield Request(api.url("generate-image"), api.headers, order=True)
        if reply is not None and reply.status == 200 and (body := _parsed(reply)) is not None:
            if body["status"] != "success":
                raise OrderError(body["message"])
            return (yield from _picture(api.pictures(body)[0]))
        if reply is not None and reply.status == 409:
            yield from _wait_for_the_lock(api)
        elif reply is not None and reply.status == 429:
            yield _retry_after(reply)
        elif reply is not None and reply.status in (401, 419, 422):
            raise OrderError(f"refused with {reply.status}")
        elif (found := (yield from _found(api, known))) is not None:
            return (yield from _picture(found))
    raise OrderError("no order succeeded")


def _recent(api: Api) -> Steps:
    reply = yield from _persistently(Request(api.url("recent-images"), api.headers))
    return json.loads(reply.body)


def _found(api: Api, known: set[int]) -> Steps:
    """Return the address of an image that is new, None if none appears as long as a generation may run."""
    for delay in DELAYS:
        yield delay
        new = [image for image in (yield from _recent(api)) if image["id"] not in known]
        if new:
            return api.pictures(new)[0]
    return None


def _wait_for_the_lock(api: Api) -> Steps:
    for delay in DELAYS:
        yield delay
        reply = yield Request(api.url("check-availability"), api.headers)
        if reply is not None and reply.status == 200:
            return


def _picture(url: str) -> Steps:
    reply = yield from _persistently(Request(url, {}))  # no token: another host may serve pictures
    return reply.body


def _persistently(request: Request) -> Steps:
    """Return the reply to a request that may be repeated."""
    for delay in DELAYS:
        reply = yield request
        if reply is not None and reply.status == 200:
            return reply
        yield _retry_after(reply) if reply is not None and reply.status == 429 else delay
    raise OrderError(f"no reply from {request.url}")


def _retry_after(reply: Reply) -> float:
    seconds = {name.lower(): value for name, value in reply.headers.items()}.get("retry-after", "60")
    return float(seconds) if seconds.isdecimal() else 60


def _parsed(reply: Reply) -> Any:
    try:
        return json.loads(reply.body)
    except ValueError:
        return None


def _drive(api: Api, send: Callable[[Request], Reply | None]) -> Any:
    behaviour, answer = steps(api), None
    try:
        while True:
            step = behaviour.send(answer)
            answer = None
            if isinstance(step, Request):
                answer = send(step)
            else:
                time.sleep(step)
    except StopIteration as end:
        return end.value


async def _drive_async(api: Api, send: Callable[[Request], Awaitable[Reply | None]]) -> Any:
    behaviour, answer = steps(api), None
    try:
        while True:
            step = behaviour.send(answer)
            answer = None
            if isinstance(step, Request):
                answer = await send(step)
            else:
                await asyncio.sleep(step)
    except StopIteration as end:
        return end.value


def with_requests(api: Api) -> Any:
    with requests.Session() as session:
        session.trust_env = False

        def send(request: Request) -> Reply | None:
            method, body = ("POST", ORDER) if request.order else ("GET", None)
            try:
                reply = session.request(method, request.url, headers=request.headers, json=body, timeout=TIMEOUT)
            except requests.RequestException:
                return None
            return Reply(reply.status_code, reply.headers, reply.content)

        return _drive(api, send)


def with_httpx(api: Api) -> Any:
    with httpx.Client(timeout=TIMEOUT, verify=TLS, trust_env=False) as client:

        def send(request: Request) -> Reply | None:
            method, body = ("POST", ORDER) if request.order else ("GET", None)
            try:
                reply = client.request(method, request.url, headers=request.headers, json=body)
            except httpx.HTTPError:
                return None
            return Reply(reply.status_code, reply.headers, reply.content)

        return _drive(api, send)


def with_urllib(api: Api) -> Any:
    def send(request: Request) -> Reply | None:
        body = json.dumps(ORDER).encode() if request.order else None
        sent = urllib.request.Request(request.url, body, {**request.headers, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(sent, timeout=TIMEOUT) as reply:
                return Reply(reply.status, dict(reply.headers), reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, dict(error.headers), b"")
        except (OSError, HTTPException):
            return None

    return _drive(api, send)


def with_httpx_async(api: Api) -> Any:
    async def order() -> Any:
        async with httpx.AsyncClient(timeout=TIMEOUT, verify=TLS, trust_env=False) as client:

            async def send(request: Request) -> Reply | None:
                method, body = ("POST", ORDER) if request.order else ("GET", None)
                try:
                    reply = await client.request(method, request.url, headers=request.headers, json=body)
                except httpx.HTTPError:
                    return None
                return Reply(reply.status_code, reply.headers, reply.content)

            return await _drive_async(api, send)

    return asyncio.run(order())


def with_aiohttp(api: Api) -> Any:
    async def order() -> Any:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:

            async def send(request: Request) -> Reply | None:
                method, body = ("POST", ORDER) if request.order else ("GET", None)
                try:
                    async with session.request(method, request.url, headers=request.headers, json=body) as reply:
                        return Reply(reply.status, reply.headers, await reply.read())
                except (aiohttp.ClientError, TimeoutError):
                    return None

            return await _drive_async(api, send)

    return asyncio.run(order())
