import shlex

import pytest

from contract_tests.client.call import token_variable
from contract_tests.client.exchange import Attachment, Exchange

UPLOAD = Exchange(
    "POST",
    "http://h/api/v1/aiimage/generate-image",
    "empty",
    "Bearer $AIIMAGE_TOKEN_EMPTY",
    fields={"stable_description": "it's $HOME; `date`"},
    files={"image_src": Attachment(b"x" * 4273, "lamp.jpg", "image/jpeg")},
    status=419,
    response_body="[" * 100_000,
    sent=1.5,
    received=1.75,
)


@pytest.mark.parametrize(
    ("role", "variable"),
    [
        ("primary", "AIIMAGE_TOKEN"),
        ("anonymous", "AIIMAGE_TOKEN"),
        ("almost_limited", "AIIMAGE_TOKEN_ALMOST_LIMITED"),
    ],
)
def test_every_account_has_its_own_variable(role: str, variable: str) -> None:
    assert token_variable(role) == variable


def test_curl_quotes_everything_except_the_variable() -> None:
    assert shlex.split(UPLOAD.curl) == [
        *("curl", "-sS", "-i", "-X", "POST", "http://h/api/v1/aiimage/generate-image"),
        *("-H", "Authorization: Bearer $AIIMAGE_TOKEN_EMPTY"),
        *("--form-string", "stable_description=it's $HOME; `date`"),
        *("-F", f'image_src=@{UPLOAD.files["image_src"].path};filename="lamp.jpg";type=image/jpeg'),
    ]


def test_the_block_is_the_same_command() -> None:
    assert UPLOAD.curl_block.count("\\\n") == 3
    assert shlex.split(UPLOAD.curl_block.replace("\\\n", "")) == shlex.split(UPLOAD.curl)


def test_evidence_names_an_upload_and_its_size() -> None:
    evidence = UPLOAD.evidence("200", "419")
    assert evidence["request"]["files"] == {"image_src": "lamp.jpg (4273 bytes)"}
    assert evidence["response"]["seconds"] == 0.25
    assert evidence["response"]["body"] == UPLOAD.response_body
