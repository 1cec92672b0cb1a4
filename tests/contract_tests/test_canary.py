"""Secrets that a service repeats in every encoding appear in no output."""

import base64
import html
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner

from contract_tests.runner.cli import main
from support.listening import Handler, listening

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
TOKEN = '12|canary/7f3e9a51"c2d84b06+Zq&x=='
COOKIE = "eyJpdiI6InNlc3Npb24tY2FuYXJ5In0="
RULES = "AUTH,AUTH-401,SHAPE,VERSIONS,IMG-GET,I2I-SRC,NOT-FOUND"
FEWER = "VERSIONS,I2I-SRC,NOT-FOUND"
UPLOADS = [path.read_bytes() for path in (ROOT / "fixtures" / "images").iterdir()]
_WINDOW = 20


class Parrot(Handler):
    """Answers 200 with the whole request, in several encodings."""

    def answer(self) -> None:
        body = self.read()
        headers = {"Set_Cookie": f"session={quote(COOKIE)}; Path=/; HttpOnly", "Allow": TOKEN, "X_Token": TOKEN}
        if self.path.startswith("/uploads/"):
            self.send(302, b"", Location=f"/elsewhere?access_token={quote(TOKEN, safe='')}", **headers)
        elif b"lamp" in body:
            self.send(200, body, Content_Type="text/plain", **headers)
        else:
            self.send_json(200, self._repeated(body), **headers)

    def _repeated(self, body: bytes) -> dict[str, Any]:
        authorization = self.headers.get("authorization", "")
        repeated = {
            "authorization": authorization,
            "quoted": f"https://api:{quote(TOKEN, safe='')}@images.invalid/?key={quote(TOKEN)}",
            "page": html.escape(f'<script>let token = "{TOKEN}"</script>'),
            "basic": [base64.b64encode(f"{user}:{TOKEN}".encode()).decode() for user in ("a", "ab", "abc")],
            "nested": json.dumps({"token": TOKEN}).replace("/", "\\/"),
            "cookie": f"{COOKIE} {quote(COOKIE)}",
            "body": body.decode("latin-1"),
            "encoded": base64.b64encode(body).decode(),
            "hex": body.hex(),
        }
        image = {"id": 1, "title": TOKEN, "input": json.dumps(repeated), "output": f"uploads/a.png?{quote(TOKEN)}"}
        return {"status": "success", "message": json.dumps(repeated), "images": [image], **repeated}


@pytest.fixture
def arguments(tmp_path: Path) -> Iterator[list[str]]:
    with listening(Parrot) as host:
        target = tmp_path / "target.yaml"
        target.write_text(
            f"base_url: http://{host}/api/v1\n"
            f"accounts: {{primary: {{token: {json.dumps(TOKEN)}}}}}\n"
            "budget: {requests_per_second: 1000}\n"
        )
        report = str(tmp_path / "report")
        yield ["--target", str(target), "--report", report]


def written(folder: Path) -> str:
    """Return the texts of a folder and the files that its commands read, except for uploads, as one text."""
    paths = [*folder.glob("*"), *folder.glob("report/requests/*"), *folder.glob("requests/*")]
    contents = [path.read_bytes() for path in paths if path.name != "target.yaml" and path.is_file()]
    return "".join(each.decode("utf-8", "replace") for each in contents if each not in UPLOADS)


def forms(secret: str) -> set[str]:
    encoded = {base64.b64encode(b"x" * shift + secret.encode()).decode()[4:-4] for shift in range(3)}
    return {secret, quote(secret), quote(secret, safe=""), html.escape(secret), json.dumps(secret)[1:-1], *encoded}


def windows(text: str) -> set[str]:
    """Return all parts of a text that are long and varied enough to be recognised."""
    parts = (text[start : start + _WINDOW] for start in range(len(text) - _WINDOW + 1))
    return {part for part in parts if len(set(part)) > 4}


def shown_uploads(text: str) -> set[str]:
    shown = windows(text)
    found: set[str] = set()
    for content in UPLOADS:
        decoded = [content.decode("utf-8", "replace"), content.decode("latin-1")]
        escaped = [json.dumps(each)[1:-1] for each in decoded]
        for form in (*decoded, *escaped, content.hex(), base64.b64encode(content).decode()):
            found |= shown & windows(form)
    return found


def assert_no_secret(text: str) -> None:
    assert [form for form in forms(TOKEN) | forms(TOKEN.partition("|")[2]) if form in text] == []
    assert [form for form in forms(COOKIE) if form in text] == []
    assert shown_uploads(text) == set()


def test_the_parts_of_an_upload_are_found() -> None:
    part = base64.b64encode(UPLOADS[0]).decode()[40:70]
    assert shown_uploads(f"a reply that repeats {part}")


def test_reports_and_terminal_have_no_secret(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    baseline = tmp_path / "baseline.yaml"
    result = CliRunner().invoke(
        main, ["run", *arguments, "--only", RULES, "--seed", "1", "--write-baseline", str(baseline)]
    )
    assert result.exit_code == 1, result.output
    reports = written(tmp_path / "report")
    assert "AUTH" in baseline.read_text()
    assert "image_src: lamp.jpg (4273 bytes)" in reports
    assert "***" in reports
    assert_no_secret(reports + written(tmp_path) + result.output)


def test_the_output_and_files_of_pytest_have_no_secret(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "contract_tests", "-rA", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments, "--only", FEWER, "--junitxml", str(tmp_path / "pytest.xml"), "--log-level", "DEBUG"],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 1, done.stdout
    assert "VIOLATES the documentation" in done.stdout
    assert (tmp_path / "pytest.xml").exists()
    assert_no_secret(done.stdout + written(tmp_path) + written(tmp_path / "report"))
