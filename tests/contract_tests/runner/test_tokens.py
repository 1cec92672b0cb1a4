from pathlib import Path

import pytest

from contract_tests.errors import UsageError
from contract_tests.runner.target import load_target
from contract_tests.runner.tokens import usable_token


def target(folder: Path, account: str) -> Path:
    path = folder / "target.yaml"
    path.write_text(f"base_url: http://h/api/v1\naccounts: {{primary: {account}}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("content", ["a-token", "a-token\n", "\ufeffa-token\r\n", "  a-token  "])
def test_a_file_beside_the_target_file_contains_the_token(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "primary").write_text(content, encoding="utf-8", newline="")
    account = load_target(target(tmp_path, "{token_file: secrets/primary}")).accounts["primary"]
    assert account.secret.reveal() == "a-token"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no-such cannot be read: No such file or directory"),
        (b"", "the token is empty"),
        (b"\xff\xfe", "is not a text file"),
        (b"one\ntwo\n", "the token has a line end at position 4 of 7"),
    ],
)
def test_an_unusable_file_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    if content is not None:
        (tmp_path / "no-such").write_bytes(content)
    path = target(tmp_path, "{token_file: no-such}")
    with pytest.raises(UsageError, match=r"target\.yaml: accounts\.primary\.token_file: .*no-such") as caught:
        load_target(path)
    assert message in str(caught.value)


def test_exactly_one_source_is_given(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give exactly one of token, token_env and token_file"):
        load_target(target(tmp_path, "{token: t, token_file: f}"))


@pytest.mark.parametrize("token", ["secret…", "sec\nret", "sec\0ret", "sécret", "sec\udcffret", "   "])
def test_a_token_that_no_header_can_carry_is_refused_without_quoting_it(token: str) -> None:
    with pytest.raises(UsageError) as caught:
        usable_token("--token", token)
    assert str(caught.value).startswith("--token: the token ")
    assert "cret" not in str(caught.value)


def test_white_space_around_a_token_is_not_a_part_of_it() -> None:
    assert usable_token("--token", " 11|a b\r\n").reveal() == "11|a b"
