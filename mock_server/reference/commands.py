"""Shell commands that send requests with curl."""

import json
from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

_SOURCE = "source.png"
_PIXELS = (  # a PNG of 64 by 64 pixels
    "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAT0lEQVR42u3PQQkAAAgEsEtnJuMY1Qi+hcEKLNXzWgQEBAQEBAQE"
    "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQELgt9u+E8MQijaQAAAABJRU5ErkJggg=="
)
_BREAK = " \\\n  "


def request(url: str, method: str, token: str | None, headers: Mapping[str, str] | None = None) -> str:
    """Return the command for a request without a body."""
    return _BREAK.join(_head(url, method, token, headers or {}))


def with_json(url: str, method: str, token: str | None, body: Any) -> str:
    """Return the command for a request with a JSON body."""
    head = _head(url, method, token, {"Content-Type": "application/json"})
    return _BREAK.join([*head, f"-d {quote(json.dumps(body, ensure_ascii=False, indent=2))}"])


def with_form(url: str, method: str, token: str | None, fields: Mapping[str, Any], files: Iterable[str]) -> str:
    """Return the commands for a request with a form: the first creates the picture to upload.

    files: names of the fields that are files.
    """
    # With -F, curl reads a file where a value begins with @ or <.
    given = [
        f"-F '{name}=@{_SOURCE};type=image/png'" if name in files else f"--form-string {quote(f'{name}={value}')}"
        for name, value in fields.items()
    ]
    command = _BREAK.join([*_head(url, method, token, {}), *given])
    return f"echo {_PIXELS} | base64 -d > {_SOURCE}\n{command}"


def _head(url: str, method: str, token: str | None, headers: Mapping[str, str]) -> list[str]:
    named = {"Authorization": f"Bearer {token}", **headers} if token else headers
    verb = "" if method == "GET" else f"-X {method} "
    return [f"curl {verb}{quote(url)}", *(f"-H {quote(f'{name}: {value}')}" for name, value in named.items())]
