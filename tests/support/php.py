"""PHP, if available: its own server, and what it reads of a request."""

import base64
import http.client
import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_READER = r"""<?php
// Fields as Laravel sees them: files over texts, without the files that were not chosen.
function pairs($array, $of) {
    $pairs = [];
    foreach ($array as $key => $value) $pairs[] = [base64_encode($key), $of($key, $value)];
    return ['array', $pairs];
}
function text($v) { return is_array($v) ? pairs($v, fn ($k, $each) => text($each)) : ['text', base64_encode($v)]; }
function files($error, $size) {
    return is_array($error)
        ? pairs($error, fn ($k, $each) => files($each, $size[$k]))
        : ['file', $error === 0 ? $size : ($error === 4 ? 'unchosen' : null)];
}
$fields = [];
foreach ($_POST as $name => $value) $fields[] = [base64_encode($name), text($value)];
foreach ($_FILES as $name => $f) {
    if (is_string($name)) $fields[] = [base64_encode($name), files($f['error'], $f['size'])];
}
echo json_encode($fields);
"""


class Php:
    """PHP's server, which answers with what it reads of a form."""

    def __init__(self, port: int) -> None:
        self._port = port

    def fields(self, content_type: str, body: bytes) -> dict[str, Any]:
        """Return the fields of a form as PHP reads them: each byte of a text one character."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("POST", "/", body, {"Content-Type": content_type})
        pairs = json.loads(connection.getresponse().read())
        connection.close()
        return {_text(name): _value(value) for name, value in pairs if value != ["file", "unchosen"]}


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("latin-1")


def _value(sent: tuple[str, Any]) -> Any:
    kind, value = sent
    if kind == "text":
        return _text(value)
    if kind == "file":
        return {"file": value}
    array = {_text(key): _value(each) for key, each in value}
    return list(array.values()) if list(array) == [str(number) for number in range(len(array))] else array


def find_php() -> str:
    """Return the path of PHP; skip the test if there is none."""
    return shutil.which("php") or pytest.skip("there is no PHP")


@contextmanager
def php() -> Iterator[Php]:
    """Serve on a free port while the block runs; skip the test if there is no PHP."""
    command = find_php()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "index.php").write_text(_READER)
        server = subprocess.Popen(
            [command, "-n", "-d", "display_errors=0", "-S", f"127.0.0.1:{port}", "index.php"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            yield Php(port)
        finally:
            server.kill()
            server.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("PHP does not serve")
