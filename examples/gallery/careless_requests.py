"""Careless clients with requests. Each has the one fault that its name tells, and no other that its author knew of."""

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from .api import ORDER, TWO, Api

TIMEOUT = 150
_BUSY = 409


def order(api: Api, fields: dict[str, Any] = ORDER, timeout: float | None = TIMEOUT) -> requests.Response:
    return requests.post(api.url("generate-image"), json=fields, headers=api.headers, timeout=timeout)


def fetch(url: str, timeout: float | None = TIMEOUT) -> bytes:
    """Return a picture. It costs nothing to try again."""
    for delay in (1, 2, 4, 8, 16, 32):
        try:
            reply = requests.get(url, timeout=timeout)
            reply.raise_for_status()
        except requests.RequestException:
            time.sleep(delay)
        else:
            return reply.content
    raise ConnectionError(url)


def picture(api: Api, reply: requests.Response) -> bytes:
    reply.raise_for_status()
    return fetch(api.pictures(reply.json())[0])


def available(api: Api) -> bool:
    return requests.get(api.url("check-availability"), headers=api.headers, timeout=TIMEOUT).status_code == 200


def newest(api: Api) -> list[dict[str, Any]]:
    return list(requests.get(api.url("recent-images"), headers=api.headers, timeout=TIMEOUT).json())


def wait_for_the_lock(api: Api) -> None:
    for delay in (1, 2, 4, 8):
        time.sleep(delay)
        if available(api):
            return


def blind_retry(api: Api) -> bytes:
    for _ in range(3):
        try:
            reply = order(api)
            reply.raise_for_status()
            return fetch(api.pictures(reply.json())[0])
        except requests.RequestException:
            time.sleep(10)
    raise ConnectionError("no picture")


def adapter_that_retries_posts(api: Api) -> bytes:
    """A snippet that many projects contain: all methods, all failures."""
    retry = Retry(total=4, backoff_factor=3, status_forcelist=[409, 429, 500, 502, 503], allowed_methods=None)
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=retry))
        reply = session.post(api.url("generate-image"), json=ORDER, headers=api.headers, timeout=TIMEOUT)
        return picture(api, reply)


def adapter_with_a_number(api: Api) -> bytes:
    """max_retries=3 repeats only what failed to connect."""
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(max_retries=3))
        return picture(api, session.post(api.url("generate-image"), json=ORDER, headers=api.headers, timeout=TIMEOUT))


def requests_defaults(api: Api) -> bytes:
    return picture(api, order(api))


def no_timeout(api: Api) -> bytes:
    return picture(api, order(api, timeout=None))


def no_timeout_for_pictures(api: Api) -> bytes:
    reply = order(api)
    reply.raise_for_status()
    return fetch(api.pictures(reply.json())[0], timeout=None)


def retries_without_credits(api: Api) -> bytes:
    while (reply := order(api)).status_code == 419:
        time.sleep(1)
    return picture(api, reply)


def timeout_shorter_than_a_generation(api: Api) -> bytes:
    """10 s are enough on most days."""
    for _ in range(3):
        try:
            return picture(api, order(api, timeout=10))
        except requests.Timeout:
            time.sleep(1)
    raise TimeoutError("no picture")


def gives_up_on_a_timeout(api: Api) -> bytes:
    return picture(api, order(api, timeout=20))


def trusts_output(api: Api) -> str:
    """Returns an address that it has not tried."""
    return api.pictures(order(api).json())[0]


def conflict_is_a_failure(api: Api) -> bytes:
    """Sends again after a lost reply, and takes the conflict with its own generation for a failure."""
    try:
        reply = order(api)
    except requests.ConnectionError:
        time.sleep(0.2)
        reply = order(api)
    if reply.status_code == _BUSY:
        raise RuntimeError("the service is busy")
    return picture(api, reply)


def polls_without_a_pause(api: Api) -> bytes:
    while not available(api):
        pass
    return picture(api, order(api))


def hammers_the_rate_limit(api: Api) -> bytes:
    while (reply := order(api)).status_code == 429:
        pass
    return picture(api, reply)


def hammers_the_lock(api: Api) -> bytes:
    while (reply := order(api)).status_code == _BUSY:
        time.sleep(0.05)
    return picture(api, reply)


def ignores_the_status(api: Api) -> dict[str, Any]:
    """200 is a success, and a missing list is an empty one."""
    reply = order(api)
    reply.raise_for_status()
    body = {"images": [], **reply.json()}
    return {"done": True, "pictures": [fetch(url) for url in api.pictures(body)]}


def fetches_the_first_picture(api: Api) -> bytes:
    return picture(api, order(api, TWO))


def takes_any_picture(api: Api) -> bytes:
    """Writes whatever body arrives into the file."""
    reply = order(api)
    reply.raise_for_status()
    return requests.get(api.pictures(reply.json())[0], timeout=TIMEOUT).content


def looks_too_early(api: Api) -> bytes:
    """Looks for the image while its generation still runs, and orders again."""
    known = {image["id"] for image in newest(api)}
    for _ in range(2):
        try:
            return picture(api, order(api))
        except requests.RequestException:
            new = [image for image in newest(api) if image["id"] not in known]
            if new:
                return fetch(api.pictures(new)[0])
            wait_for_the_lock(api)
    raise ConnectionError("no picture")


def swallows_errors(api: Api) -> str:
    """Logs the error and continues."""
    try:
        picture(api, order(api))
    except Exception as error:  # noqa: BLE001 (its fault)
        return f"warning: {error}"
    return "ok"
