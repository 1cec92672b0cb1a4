import base64
import html
import json
import random
import re
from urllib.parse import quote

import pytest

from contract_tests.client.masking import Masker, Secret

TOKEN = 'k1|AbCdEfGhIjKlMnOp+/="x'
UPLOAD = b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(300)


def test_a_secret_does_not_appear_in_its_representation() -> None:
    assert "hidden" not in f"{Secret('hidden')!r} {Secret('hidden')} {[Secret('hidden')]}"


@pytest.mark.parametrize("form", [TOKEN, quote(TOKEN, safe=""), json.dumps(TOKEN), TOKEN.rpartition("|")[2]])
def test_masks_a_token_in_every_form(form: str) -> None:
    masked = Masker([Secret(TOKEN)])(f"a{form}b")
    assert "AbCdEf" not in masked
    assert "***" in masked


@pytest.mark.parametrize("part", [TOKEN[3:17], TOKEN[:14], TOKEN[-14:], TOKEN[5:17].swapcase()])
def test_masks_a_part_of_a_token(part: str) -> None:
    assert Masker([Secret(TOKEN)])(f"The token {part}... is unknown") == "The token ***... is unknown"


def test_masks_a_token_in_bytes_and_changes_nothing_else() -> None:
    mask = Masker([Secret(TOKEN)])
    mask.learn_upload(UPLOAD)
    assert mask.without_secrets(UPLOAD + TOKEN.encode() + UPLOAD) == UPLOAD + b"***" + UPLOAD
    assert Masker([]).without_secrets(UPLOAD) == UPLOAD


def test_masks_a_short_token_only_as_a_whole_word() -> None:
    mask = Masker([Secret("demo"), Secret("demo-low")])
    assert mask("demo demo-low demolition demo-lowest") == "*** *** demolition demo-lowest"


def test_without_tokens_masks_nothing() -> None:
    assert Masker([])("text") == "text"


@pytest.mark.parametrize(
    "form",
    [
        TOKEN.replace("/", "\\/").replace('"', '\\\\"'),
        TOKEN.replace("+", "\\u002b").replace("|", "&#124;"),
        quote(quote(TOKEN, safe=""), safe=""),
        re.sub("%..", lambda escape: escape[0].lower(), quote(TOKEN)),
        html.escape(html.escape(TOKEN)),
        *(base64.b64encode(b"u" * shift + TOKEN.encode()).decode() for shift in range(3)),
        base64.urlsafe_b64encode(f"user:{TOKEN}".encode()).decode(),
    ],
)
def test_masks_a_token_that_was_encoded_more_than_once(form: str) -> None:
    masked = Masker([Secret(TOKEN)])(form)
    assert "***" in masked
    assert len(masked) < 14


def test_masks_credentials_in_a_url() -> None:
    assert Masker([])("see http://user:word@host/a@b and a@b.example") == "see http://***@host/a@b and a@b.example"


def test_masks_a_cookie() -> None:
    mask = Masker([])
    mask.learn_cookie('session="eyJpdiI6InNlc3Npb24%3D"; Path=/; HttpOnly')
    assert mask("it was eyJpdiI6InNlc3Npb24= or eyJpdiI6InNlc3Npb24%3D") == "it was *** or ***"
    mask.learn_cookie("lang=en")
    assert mask("written in en") == "written in en"


@pytest.mark.parametrize("part", [UPLOAD, UPLOAD[100:200], b"before " + UPLOAD[7:60] + b" after"])
def test_masks_parts_of_an_upload_in_every_encoding(part: bytes) -> None:
    mask = Masker([])
    mask.learn_upload(UPLOAD)
    mask.learn_upload(UPLOAD)
    for form in (
        part.decode("latin-1"),
        part.hex(),
        base64.b64encode(part).decode(),
        json.dumps(part.decode("latin-1")),
    ):
        masked = mask(form)
        assert "***" in masked
        assert len(masked) < len(form) / 2


def test_repetitive_parts_of_an_upload_are_not_masked() -> None:
    mask = Masker([])
    mask.learn_upload(b" " * 100 + b"\0" * 100)
    assert mask(" " * 50) == " " * 50


def test_tokens_and_the_rest_of_a_text_are_replaced_by_different_functions() -> None:
    mask = Masker([Secret("canary-7f3e9a51c2d84b06")])
    text = "a canary-7f3e9a51c2d84b06, b canary-7f3e9a51c2d84b06"
    assert mask.replace(text, lambda _: "X", str.upper) == "A X, B X"
    assert Masker([]).replace(text, lambda _: "X", str.upper) == text.upper()
