"""The auditor finds what the raw replies contained, in any form, and knows nothing of the sanitiser."""

import ast
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.client.call import Call, Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Secret
from contract_tests.client.transport import Sent
from contract_tests.recordings import auditor as module
from contract_tests.recordings.auditor import Auditor

TOKEN = "vell_pk_7f3e9a51c2d84b06Zq8w"
ROOT = Path(__file__).parents[3]
PICTURE = (ROOT / "fixtures" / "images" / "lamp.jpg").read_bytes()
URL = "http://127.0.0.1:9/api/v1/aiimage/recent-images"
HEADERS = {"set-cookie": "id=KzqR93vbTTpw; Path=/", "x-trace": "Zr88kqmQw1", "date": "Thu, 26 Feb 2026 10:00:00 GMT"}
SECRETS = {
    "token": TOKEN,
    "cookie": "KzqR93vbTTpw",
    "header": "Zr88kqmQw1",
    "uuid": "550e8400-e29b-41d4-a716-446655440a0f",
    "email": "ulrike@grumblewitz.de",
    "query": "glimmorant",
    "digits": "904417263558",
    "mixed": "q7Zk2vW9xx",
    "letters": "abcdefghijklmnopqrstuvwxyzabc",
}


def reply(content: bytes, headers: dict[str, str] | None = None) -> Reply:
    return Reply(200, headers or HEADERS, content, Exchange("GET", URL, "primary", None))


@pytest.fixture
def auditor() -> Auditor:
    found = Auditor([TOKEN])
    body = {
        "id": int(SECRETS["digits"]),
        "title": f"{SECRETS['mixed']} {SECRETS['letters']}",
        "output": f"/a.png?key={SECRETS['query']}&v=2",
        "owner": [SECRETS["uuid"], SECRETS["email"]],
        "message": "The daguerreotype is ready",
    }
    call = Call("GET", URL, "primary", Secret(TOKEN))
    found.observe(Sent(call, 0, 1, reply(json.dumps(body).encode())))
    files = {"image_src": ("lamp.jpg", PICTURE, "image/jpeg")}
    found.observe(Sent(Call("POST", URL, fields={"mood": "a4b5c6d7e8f9"}, files=files), 1, 2, reply(b"a4b5c6d7e8f9")))
    return found


def hits(auditor: Auditor, text: str, folder: Path) -> list[str]:
    (folder / "exchanges").mkdir(exist_ok=True)
    (folder / "exchanges" / "0001-other.json").write_text(json.dumps({"response": {"json": {"image/title": [text]}}}))
    return [f"{path.name} {finding.where}" for path, finding in auditor.files(folder, [])]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_found_in_every_form_with_its_place(auditor: Auditor, name: str, tmp_path: Path) -> None:
    secret = SECRETS[name]
    shapes = [secret, f"x {secret}!", quote(secret, safe=""), secret.swapcase()]
    if len(secret) >= 10:
        shapes += [secret.encode().hex(), base64.b64encode(f"user:{secret} ".encode()).decode()]
    for shape in shapes:
        assert hits(auditor, shape, tmp_path) == ["0001-other.json /response/json/image~1title/0"], shape


@pytest.mark.parametrize(
    "text",
    [
        "904417263559",
        "a 904417263558001 b",
        "2026-02-26T10:00:00.123456Z",
        "a4b5c6d7e8f9",
        "daguerreotype",
        "me@example.com",
    ],
)
def test_other_numbers_dates_and_sent_texts_are_accepted(auditor: Auditor, text: str, tmp_path: Path) -> None:
    assert hits(auditor, text, tmp_path) == []


@pytest.mark.parametrize(
    "text",
    [
        "sk_live_9aZk20xQmmT7",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI5MDQ0.s5Kq0vWnZx2Lr8",
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIAZQ3DVWXY7MNOPK2J",
        "?X-Amz-Signature=0be4d1f7a99c3e5562d18f3047cc9ab1",
        "write to otto@quilp.de",
    ],
)
def test_a_text_like_a_secret_is_found_although_no_reply_contained_it(text: str, tmp_path: Path) -> None:
    assert len(hits(Auditor([]), text, tmp_path)) == 1


@pytest.mark.parametrize("cut", [slice(500, 550), slice(1000, 1040), slice(7, 200)])
def test_a_part_of_an_upload_is_found(auditor: Auditor, cut: slice, tmp_path: Path) -> None:
    part = PICTURE[cut]
    for text in (part.hex(), base64.b64encode(part).decode(), part.decode("latin-1"), quote(part)):
        assert hits(auditor, text, tmp_path), text


def test_a_stand_in_is_accepted_where_it_is_short_or_only_looks_like_a_secret(auditor: Auditor) -> None:
    def found(text: str, *stand_ins: str) -> list[Any]:
        return list(auditor.lines([text], stand_ins))

    assert found("q7Zk2vW9xx")
    assert not found("q7Zk2vW9xx", "q7Zk2vW9xx")
    assert found(SECRETS["digits"], SECRETS["digits"])
    assert not found("https://abcd:efgh@ijkl.mnop/", "abcd", "efgh", "ijkl", "mnop")
    assert found("https://abcd:efgh@ijkl.quilp/", "abcd", "efgh", "ijkl")


def test_a_signal_may_end_the_recording_while_a_reply_is_observed() -> None:
    auditor = Auditor([TOKEN])
    found: list[Any] = []

    class Interrupted(dict[str, str]):
        def items(self) -> Any:
            found.extend(auditor.lines([f"a {TOKEN}"]))  # as the handler of a signal does in the same thread
            return super().items()

    auditor.observe(Sent(Call("GET", URL), 0, 1, reply(b"", Interrupted(date="now"))))
    assert [finding.what for finding in found] == ["a token"]


def test_a_token_that_is_a_role_is_accepted() -> None:
    assert not list(Auditor(["primary"]).lines(["Bearer {primary}"]))
    assert list(Auditor(["demo"]).lines(["the token demo"]))
    assert not list(Auditor(["demo"]).lines(["demolition"]))


def test_numbers_that_the_recorder_counted_are_not_searched(tmp_path: Path) -> None:
    auditor = Auditor([])
    auditor.observe(Sent(Call("GET", URL), 0, 1, reply(b'{"id": 123456}')))
    (tmp_path / "a.json").write_text(json.dumps({"response": {"picture": {"bytes": 123456}, "json": {"bytes": 1}}}))
    assert not list(auditor.files(tmp_path, []))
    (tmp_path / "a.json").write_text(json.dumps({"response": {"json": {"bytes": 123456}}}))
    assert [finding.where for _, finding in auditor.files(tmp_path, [])] == ["/response/json/bytes"]


def test_a_number_in_a_header_that_counts_is_accepted_although_a_reply_has_it_too(tmp_path: Path) -> None:
    auditor = Auditor([])
    auditor.observe(Sent(Call("GET", URL), 0, 1, reply(b'{"reset": 1772100000, "id": "Zr88kqmQw1"}')))
    headers = {"x-ratelimit-reset": "1772100000", "x-other": "1772100000", "retry-after": "Zr88kqmQw1"}
    (tmp_path / "a.json").write_text(json.dumps({"response": {"headers": headers}}))
    assert len([*auditor.files(tmp_path, [])]) == 2


@given(st.one_of(st.binary(max_size=200), st.text().map(lambda text: json.dumps({text: text}).encode())), st.text())
def test_any_reply_can_be_audited(content: bytes, header: str) -> None:
    auditor = Auditor([TOKEN])
    headers = {"location": f"?key={header}", "set-cookie": header}
    auditor.observe(Sent(Call("GET", URL, "primary", json={"mood": header}), 0, 1, reply(content, headers)))
    assert list(auditor.lines([f"x {TOKEN}", header])) != []


def test_the_place_of_a_finding_does_not_name_a_key_of_the_service(auditor: Auditor, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"response": {"json": {"garbonzo": [{"id": SECRETS["mixed"]}]}}}))
    ((path, finding),) = auditor.files(tmp_path, [])
    assert (path.name, finding.where, finding.what) == ("a.json", "/response/json/…/0/id", "an identifier")


def test_it_shares_no_code_with_the_sanitiser() -> None:
    folder = Path(module.__file__).parent
    for name in ("auditor.py", "suspicion.py"):
        tree = ast.parse((folder / name).read_text())
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        shared = {"sanitiser", "words", "vocabulary", "headers", "stand_ins", "masking", "writing", "recorder", "model"}
        assert shared.isdisjoint(str(each).rpartition(".")[2] for each in imported)
