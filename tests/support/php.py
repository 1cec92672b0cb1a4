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
function text($v) { return is_array($v) ? (object) array_map('text', $v) : ['text' => base64_encode($v)]; }
function files($e, $size) {
    if (!is_array($e)) return $e === 4 ? null : ['file' => $e === 0 ? $size : null];
    return (object) array_filter(array_map('files', $e, $size), fn ($v) => $v !== null)
        ?: (object) [];
}
$fields = [];
foreach ($_POST as $name => $value) $fields[] = [base64_encode($name), text($value)];
foreach ($_FILES as $name => $f) {
    if (is_array($f['error'])) {
        $read = (object) array_combine(array_keys($f['error']), array_map('files', $f['error'], $f['size']));
    } else {
        $read = files($f['error'], $f['size']);
    }
    if (is_string($name) && $read !== null) $fields[] = [base64_encode($name), $read];
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
        return {_text(name): _value(value) for name, value in pairs}


def _text(encoded: str) -> str:
    return base64.b64decode(encoded).decode("latin-1")


def _value(value: dict[str, Any]) -> Any:
    if value.keys() == {"text"} and isinstance(value["text"], str):
        return _text(value["text"])
    if value.keys() == {"file"} and not isinstance(value["file"], dict):
        return value
    array = {key: _value(each) for key, each in value.items()}
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
