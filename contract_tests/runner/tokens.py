"""Tokens: from a file, the environment or the target file, and usable in a header."""

import os
from pathlib import Path

from msgspec import Struct

from contract_tests.client.masking import Secret
from contract_tests.errors import UsageError
from contract_tests.runner.decoding import OneLine


class TokenSource(Struct, forbid_unknown_fields=True):
    """Exactly one of the token itself, the name of its environment variable, and the file that contains it."""

    token: Secret | None = None
    token_env: OneLine | None = None
    token_file: OneLine | None = None

    def read(self, where: str, folder: Path) -> Secret:
        """Return the token; raise UsageError. where: the target file and the key; folder: that of the target file."""
        given = [each for each in (self.token, self.token_env, self.token_file) if each is not None]
        if len(given) != 1:
            raise UsageError(f"{where}.token: give exactly one of token, token_env and token_file.")
        if self.token is not None:
            return usable_token(f"{where}.token", self.token.reveal())
        if self.token_env is not None:
            return token_of_variable(f"{where}.token_env", self.token_env)
        return _token_of_file(f"{where}.token_file", folder / str(self.token_file))


def token_of_variable(where: str, name: str) -> Secret:
    """Return the token in an environment variable. where: the key or flag that names it."""
    value = os.environ.get(name, "")
    if not value:
        raise UsageError(f"{where}: the environment variable {name} is not set; it takes the token.")
    return usable_token(f"{where}: the environment variable {name}", value)


def usable_token(where: str, text: str) -> Secret:
    """Return a token without the white space around it; raise UsageError if no header can carry it."""
    token = text.strip()
    if not token:
        raise UsageError(f"{where}: the token is empty.")
    # The message must not quote the token, or a part of it.
    wrong = next((place for place, character in enumerate(token, 1) if not " " <= character <= "~"), None)
    if wrong is not None:
        what = "a line end" if token[wrong - 1] in "\r\n" else "a character that is not printable ASCII"
        raise UsageError(f"{where}: the token has {what} at position {wrong} of {len(token)}: copy it again.")
    return Secret(token)


def _token_of_file(where: str, path: Path) -> Secret:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{where}: {path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: {path} is not a text file.") from None
    return usable_token(f"{where}: {path}", text)
