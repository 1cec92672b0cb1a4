"""Calls and replies as data: whatever a service sends can be written, and nothing that was uploaded is."""

import json
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from contract_tests.client.call import Call, Reply
from contract_tests.client.exchange import Exchange
from contract_tests.client.masking import Masker, Secret
from contract_tests.recordings.model import Part, Response
from contract_tests.recordings.sanitiser import Sanitiser
from contract_tests.recordings.stand_ins import StandIns
from contract_tests.recordings.writing import MAX_TEXT_BYTES, Writing
from support.conformance import TOKEN, target

AIM = target("secondary")
PRIMARY = AIM.accounts["primary"].secret
URL = f"{AIM.base_url}/aiimage/generate-image"
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)


def writing() -> Writing:
    return Writing(AIM, Sanitiser(Masker(AIM.secrets), StandIns(7), (AIM.base_url, AIM.uploads)))


def reply(content: bytes, **headers: str) -> Reply:
    named = httpx.Headers(
        [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    )
    return Reply(200, named, content, Exchange("GET", URL, "primary", None))


def response(content: bytes, **headers: str) -> Response:
    return writing().response(reply(content, **headers))


def as_read(value: object) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


_JSON = st.recursive(
    st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
).map(lambda value: json.dumps(value).encode())
_BODIES = st.one_of(st.binary(max_size=300), st.text().map(lambda text: text.encode("utf-8", "surrogatepass")), _JSON)


@given(_BODIES, st.dictionaries(NAMES, st.text(st.characters(codec="latin-1"), max_size=30), max_size=4))
def test_any_reply_can_be_written_and_read(content: bytes, headers: dict[str, str]) -> None:
    found = writing().response(reply(content, **headers))
    read = msgspec.convert(as_read(found), Response)
    assert as_read(read) == as_read(found)
    bodies = [read.json is not UNSET, read.picture is not UNSET, read.text is not UNSET]
    assert sum(bodies) == (1 if content else 0)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'{"status": "error", "status": "success"}', '{"status": "error", "status": "success"}'),
        (b'{"images": NaN}', '{"images": NaN}'),
        (b"\xef\xbb\xbf[]", "\ufeff[]"),
        (b"[" * 100_000, "[" * MAX_TEXT_BYTES),
        (b"[" * 60 + b"]" * 60, "[" * 60 + "]" * 60),
        (b"\xff\xfe the image", "\ufffd\ufffd the image"),
    ],
)
def test_a_body_that_is_not_json_is_kept_as_text(content: bytes, text: str) -> None:
    found = response(content, content_type="application/json")
    assert (found.json, found.text) == (UNSET, text)
    assert found.whole_bytes == (len(content) if len(content) > MAX_TEXT_BYTES else UNSET)


def test_a_long_body_says_how_long_it_was() -> None:
    found = response(json.dumps(["image"] * 20_000).encode())
    assert isinstance(found.text, str)
    assert (len(found.text), found.whole_bytes) == (MAX_TEXT_BYTES, 180_000)


def test_tokens_in_a_request_are_replaced_by_their_roles() -> None:
    fields = {"mood": f"a {TOKEN}-secondary", TOKEN + "-primary": "x"}
    found = writing().request(Call("POST", f"{URL}?key={PRIMARY.reveal()}", "primary", PRIMARY, json=fields))
    assert found.authorization == "Bearer {primary}"
    assert found.target == "/aiimage/generate-image?key={primary}"
    assert found.json == {"mood": "a {secondary}", "{primary}": "x"}


@pytest.mark.parametrize(
    ("authorization", "kept"),
    [
        (PRIMARY.reveal(), "{primary}"),
        (f"Basic {PRIMARY.reveal()}", "Basic {primary}"),
        ("Bearer", "Bearer"),
        ("Bearer invalid-token", "Bearer invalid-token"),
        ("", ""),
    ],
)
def test_another_authorization_keeps_its_form(authorization: str, kept: str) -> None:
    assert writing().request(Call("GET", URL, "primary", authorization=authorization)).authorization == kept


@pytest.mark.parametrize("altered", PRIMARY.altered())
def test_a_similar_token_becomes_a_stand_in(altered: str) -> None:
    found = str(writing().request(Call("GET", URL, "primary", authorization=f"Bearer {altered}")).authorization)
    assert found.startswith("Bearer ")
    assert PRIMARY.reveal()[:-1].lower() not in found.lower()
    assert len(found) == len(f"Bearer {altered}")


def test_an_upload_is_kept_as_hash_and_size() -> None:
    fields = {"type": "upscale"}
    files = {"image_src": ("lamp.png", b"zorblax", "image/png")}
    found = writing().request(Call("POST", URL, fields=fields, files=files))
    value, file = as_read(found)["form"]
    assert value == {"name": "type", "value": "upscale"}
    assert file["file"] | {"sha256": ""} == {"name": "lamp.png", "type": "image/png", "bytes": 7, "sha256": ""}
    assert isinstance(found.form, list)
    assert isinstance(found.form[1], Part)
    assert "zorblax" not in str(as_read(found))


@pytest.mark.parametrize("body", [b"\x89PNG\0\1", b"\xff", b"x" * (MAX_TEXT_BYTES + 1)])
def test_a_body_that_is_binary_or_long_is_left_out(body: bytes) -> None:
    found = writing().request(Call("POST", URL, body=body))
    assert (found.text, found.left_out_bytes) == (UNSET, len(body))
    assert writing().request(Call("POST", URL, body=b'{"a": 1')).text == '{"a": 1'


def test_a_picture_is_named_by_the_output_that_led_to_it() -> None:
    ours = writing()
    image = {"id": 1, "title": "zorblax.png", "output": "/uploads/zorblax.png"}
    made = ours.response(reply(json.dumps({"images": [image]}).encode()))
    url = f"{AIM.origin}/uploads/zorblax.png"
    call = Call("GET", url, accept="image/*")
    assert ours.operation(call) == "picture"
    assert ours.request(call).target == made.json["images"][0]["output"]
    assert ours.request(call).authorization is None
    other = ours.request(Call("GET", f"{AIM.origin}/elsewhere/zorblax.png", accept="image/*")).target
    assert other.startswith(f"{AIM.origin}/")
    assert other.rpartition("/")[2] == made.json["images"][0]["title"]


def test_operations_are_named_by_method_and_path() -> None:
    ours = writing()
    assert ours.operation(Call("POST", URL)) == "generateImage"
    assert ours.operation(Call("GET", URL)) is None
    assert ours.operation(Call("GET", f"{AIM.base_url}/aiimage/unknown", token=Secret("x"))) is None
