import json
from urllib.parse import quote

import pytest

from contract_tests.secret import Masker, Secret

TOKEN = 'k1|AbCdEfGhIjKlMnOp+/="x'


def test_a_secret_shows_nothing_of_itself() -> None:
    assert "hidden" not in f"{Secret('hidden')!r} {Secret('hidden')} {[Secret('hidden')]}"


@pytest.mark.parametrize("form", [TOKEN, quote(TOKEN, safe=""), json.dumps(TOKEN), TOKEN.rpartition("|")[2]])
def test_masks_a_token_in_every_form(form: str) -> None:
    masked = Masker([Secret(TOKEN)])(f"a{form}b")
    assert "AbCdEf" not in masked
    assert "***" in masked


def test_masks_a_short_token_only_where_it_stands_alone() -> None:
    mask = Masker([Secret("demo"), Secret("demo-low")])
    assert mask("demo demo-low demolition demo-lowest") == "*** *** demolition demo-lowest"


def test_masks_nothing_without_tokens() -> None:
    assert Masker([])("text") == "text"
