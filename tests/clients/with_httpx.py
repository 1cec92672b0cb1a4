"""httpx."""

from typing import Any

import httpx

from clients.steps import play

client = httpx.Client(timeout=30)


def call(method: str, url: str, headers: Any, json: Any = None, form: Any = None, file: Any = None) -> int:
    files = {"image_src": (file.name, file.read_bytes(), "image/png")} if file else None
    return client.request(method, url, headers=headers, json=json, data=form, files=files).status_code


play(call)
