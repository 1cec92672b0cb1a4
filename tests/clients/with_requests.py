"""requests, and with it urllib3."""

from typing import Any

import requests

from clients.steps import play

session = requests.Session()


def call(method: str, url: str, headers: Any, json: Any = None, form: Any = None, file: Any = None) -> int:
    files = {"image_src": (file.name, file.read_bytes(), "image/png")} if file else None
    return session.request(method, url, headers=headers, json=json, data=form, files=files, timeout=30).status_code


play(call)
