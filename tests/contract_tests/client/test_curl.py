"""The command of an exchange, run by curl in the folder of the report."""

import email
import os
import shutil
import subprocess
from collections.abc import Iterator
from email.message import Message
from pathlib import Path
from typing import Any, ClassVar

import pytest

from contract_tests.client.budget import Budget
from contract_tests.client.call import Call
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker, Secret
from contract_tests.client.transport import Transport
from contract_tests.report import files
from contract_tests.runner.events import Decision
from contract_tests.runner.target import Limits
from support.conformance import TOKEN, target
from support.finished import finished_run
from support.listening import Handler, listening

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="needs curl")

PICTURE = b"\x89PNG\r\n\x1a\n\0\xff'"


class Keeper(Handler):
    """Keeps the requests: method, path, media type and body."""

    kept: ClassVar[list[tuple[str, str, str, bytes]]]

    def answer(self) -> None:
        self.kept.append((self.command, self.path, self.headers.get("content-type", ""), self.read()))
        self.send(200, b"" if self.command == "HEAD" else b"{}")

    do_HEAD = Handler._dispatch  # noqa: N815  a name that the base class calls


@pytest.fixture
def origin() -> Iterator[str]:
    Keeper.kept = []
    with listening(Keeper) as host:
        yield f"http://{host}"


def sent(call: Call) -> Exchange:
    with_token = Masker([Secret(TOKEN)])
    transport = Transport(target(budget=Limits(requests_per_second=1000)), with_token, Budget(9))
    try:
        return transport.send(call).exchange
    finally:
        transport.close()


def repeat(exchange: Exchange, folder: Path) -> None:
    """Write the report with a finding that the exchange shows, and run the command of the finding in its folder."""
    run = finished_run(folder)
    run.events.emit(Decision("a.py::t", "SHAPE", False, "200", "500", (exchange,)))
    files.write_all(run)
    subprocess.run(
        ["bash", "-c", exchange.curl], cwd=folder, env={**os.environ, "AIIMAGE_TOKEN": TOKEN}, check=True,
        capture_output=True,
    )  # fmt: skip


def parts(media_type: str, body: bytes) -> list[tuple[Any, ...]]:
    form = email.message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + body)
    return [_part(part) for part in form.get_payload() if isinstance(part, Message)]


def _part(part: Message) -> tuple[Any, ...]:
    disposition = {name: part.get_param(name, header="content-disposition") for name in ("name", "filename")}
    kind = part.get_content_type() if disposition["filename"] else ""
    return (*disposition.values(), kind, part.get_payload(decode=True))


@pytest.mark.parametrize(
    "values",
    [
        {"json": {"description": "it's $HOME @x `date`"}},
        {"json": {"description": "é" * 5000}},
        {"body": b"\xff\xfe\0'", "content_type": "application/octet-stream"},
        {"body": b"@/etc/passwd", "content_type": "text/plain"},
        {"body": b"\x1b[2J" * 1000},
        {"body": b""},
    ],
)
def test_a_body_is_repeated(origin: str, tmp_path: Path, values: dict[str, Any]) -> None:
    repeat(sent(Call("POST", f"{origin}/generate-image", "primary", **values)), tmp_path)
    first, second = Keeper.kept
    if "json" in values:
        # The suite sends JSON without spaces.
        first, second = ((*each[:3], each[3].replace(b": ", b":")) for each in (first, second))
    assert first == second


def test_a_form_is_repeated_with_its_files(origin: str, tmp_path: Path) -> None:
    fields = {"stable_description": "@x;type=y", "mood": "z\0", "negative_prompt": "é" * 5000}
    uploads = {"image_src": ('a;"b".png', PICTURE, "image/png"), "mask": ("../../x", b"x" * 5000, "text/plain")}
    repeat(sent(Call("POST", f"{origin}/generate-image", "primary", fields=fields, files=uploads)), tmp_path)
    first, second = (parts(kind, body) for _, _, kind, body in Keeper.kept)
    assert [part[3] for part in first] == [part[3] for part in second]
    assert [part[0] for part in first] == [part[0] for part in second]
    assert [part[2] for part in first] == [part[2] for part in second]
    assert all(path.parent == tmp_path / "requests" for path in (tmp_path / "requests").iterdir())


@pytest.mark.parametrize(("method", "path"), [("HEAD", "/versions"), ("DELETE", "/x[1-3]"), ("GET", "/a?b=c&d=e")])
def test_any_method_and_address_is_repeated(origin: str, tmp_path: Path, method: str, path: str) -> None:
    exchange = sent(Call(method, f"{origin}{path}", "primary", Secret(TOKEN)))
    (before,) = Keeper.kept
    repeat(exchange, tmp_path)
    assert Keeper.kept == [before, before]


def test_the_files_have_no_token(origin: str, tmp_path: Path) -> None:
    masked = f"{TOKEN}-primary"  # of the finished run, whose secrets its report masks
    exchange = sent(Call("POST", origin, files={"image_src": ("a.png", PICTURE + masked.encode(), "image/png")}))
    repeat(exchange, tmp_path)
    (file,) = (tmp_path / "requests").iterdir()
    assert file.read_bytes() == PICTURE + b"***"
