"""urllib: it sends Connection: close. The form begins with headers, as those by the email package do."""

import json as encoder
import urllib.error
import urllib.request
from typing import Any

from clients.steps import play

BOUNDARY = "===============frontier=="


def as_form(form: dict[str, str], content: bytes) -> bytes:
    body = b"MIME-Version: 1.0\r\n\r\n"
    for name, value in form.items():
        body += f'--{BOUNDARY}\r\nContent-Type: text/plain; charset="iso-8859-1"\r\nMIME-Version: 1.0\r\n'.encode()
        body += f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode("latin-1")
    body += f'--{BOUNDARY}\r\nContent-Disposition: form-data;\r\n name="image_src"; filename="a.png"\r\n\r\n'.encode()
    return body + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def call(method: str, url: str, headers: Any, json: Any = None, form: Any = None, file: Any = None) -> int:
    body, kind = encoder.dumps(json).encode() if json else None, "application/json"
    if file:
        body, kind = as_form(form, file.read_bytes()), f'multipart/form-data; boundary="{BOUNDARY}"'
    request = urllib.request.Request(url, body, {**headers, "Content-Type": kind}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as refused:
        return refused.code


play(call)
