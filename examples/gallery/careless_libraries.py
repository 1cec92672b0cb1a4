"""Careless clients with urllib3, tenacity, httpx, aiohttp and urllib: mostly what these do by default."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from typing import Any

import aiohttp
import httpx
import requests
import tenacity
import urllib3

from .api import ORDER, TLS, Api
from .careless_requests import TIMEOUT, fetch, order, picture


def _urllib3(api: Api, pool: urllib3.PoolManager, **options: Any) -> bytes:
    with pool:
        reply = pool.request("POST", api.url("generate-image"), json=ORDER, headers=api.headers, **options)
        if reply.status != 200:
            raise RuntimeError(f"status {reply.status}")
        return fetch(api.pictures(reply.json())[0])


def urllib3_defaults(api: Api) -> bytes:
    return _urllib3(api, urllib3.PoolManager(), timeout=TIMEOUT)


def urllib3_all_methods(api: Api) -> bytes:
    retries = urllib3.Retry(5, allowed_methods=None, backoff_factor=4, status_forcelist=[409, 429, 500, 502, 503])
    return _urllib3(api, urllib3.PoolManager(retries=retries), timeout=TIMEOUT)


def urllib3_without_a_timeout(api: Api) -> bytes:
    return _urllib3(api, urllib3.PoolManager())


def urllib3_takes_half_pictures(api: Api) -> bytes:
    """Streams the picture, as for a large file, and does not compare its length."""
    reply = order(api)
    reply.raise_for_status()
    with urllib3.PoolManager() as pool:
        url = api.pictures(reply.json())[0]
        streamed = pool.request("GET", url, timeout=TIMEOUT, preload_content=False, enforce_content_length=False)
        return bytes(streamed.read())


def tenacity_defaults(api: Api) -> bytes:
    """Retries forever, and without a pause."""

    @tenacity.retry
    def ordered() -> bytes:
        return picture(api, order(api))

    return ordered()


def tenacity_three_attempts(api: Api) -> bytes:
    @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(12))
    def ordered() -> bytes:
        return picture(api, order(api))

    return ordered()


def httpx_defaults(api: Api) -> bytes:
    """Its timeout of 5 s is shorter than many generations."""
    reply = httpx.post(api.url("generate-image"), json=ORDER, headers=api.headers, verify=TLS)
    reply.raise_for_status()
    return fetch(api.pictures(reply.json())[0])


def httpx_transport_retries(api: Api) -> bytes:
    """The retries of a transport are for connections that fail, not for requests."""
    with httpx.Client(transport=httpx.HTTPTransport(verify=TLS, retries=3), timeout=TIMEOUT) as client:
        reply = client.post(api.url("generate-image"), json=ORDER, headers=api.headers)
        reply.raise_for_status()
        return fetch(api.pictures(reply.json())[0])


def httpx_retry_loop(api: Api) -> bytes:
    with httpx.Client(timeout=TIMEOUT, verify=TLS) as client:
        for _ in range(3):
            try:
                reply = client.post(api.url("generate-image"), json=ORDER, headers=api.headers)
            except httpx.TransportError:
                time.sleep(11)
            else:
                reply.raise_for_status()
                return fetch(api.pictures(reply.json())[0])
    raise ConnectionError("no picture")


async def _aiohttp(api: Api, attempts: int, seconds: float | None) -> bytes:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)) as session:
        for attempt in range(attempts):
            try:
                async with session.post(api.url("generate-image"), json=ORDER, headers=api.headers) as reply:
                    reply.raise_for_status()
                    url = api.pictures(await reply.json())[0]
                async with session.get(url) as reply:
                    reply.raise_for_status()
                    return await reply.read()
            except aiohttp.ClientError:
                if attempt + 1 == attempts:
                    raise
                await asyncio.sleep(11)
    raise ConnectionError("no picture")


def aiohttp_defaults(api: Api) -> bytes:
    return asyncio.run(_aiohttp(api, 1, 300))


def aiohttp_retry_loop(api: Api) -> bytes:
    return asyncio.run(_aiohttp(api, 3, TIMEOUT))


def aiohttp_without_a_timeout(api: Api) -> bytes:
    return asyncio.run(_aiohttp(api, 1, None))


def urllib_defaults(api: Api) -> bytes:
    headers = {**api.headers, "Content-Type": "application/json"}
    request = urllib.request.Request(api.url("generate-image"), json.dumps(ORDER).encode(), headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return fetch(api.pictures(json.load(reply))[0])
    except urllib.error.HTTPError as error:
        error.close()
        raise


def requests_in_a_thread(api: Api) -> bytes:
    """A blind retry is no better in a thread."""

    async def ordered() -> bytes:
        for _ in range(3):
            try:
                return picture(api, await asyncio.to_thread(order, api))
            except requests.RequestException:
                await asyncio.sleep(11)
        raise ConnectionError("no picture")

    return asyncio.run(ordered())
