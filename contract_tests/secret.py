"""Tokens, and keeping them out of everything that is printed or written."""

import html
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "***"
_DISTINCT = 12  # a shorter token may be part of an ordinary word, so it is masked only where it stands alone


class Secret:
    """A value that only `reveal` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def altered(self) -> tuple[str, ...]:
        """Texts that are nearly the value, and wrong."""
        value = self._value
        nearly = (value[:-1], value + value[-1], value.swapcase())
        return tuple(text for text in nearly if text not in ("", value))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Masker:
    """Replaces every known token in a text, however it is escaped there."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        texts = {text for secret in secrets for text in (secret.reveal(), *secret.altered())}
        forms = {form for text in texts for form in _forms(text)}
        patterns = [_pattern(form) for form in sorted(forms, key=len, reverse=True)]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    def __call__(self, text: str) -> str:
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(token: str) -> set[str]:
    bare = token.rpartition("|")[2]
    tokens = {token, bare} if len(bare) >= _DISTINCT else {token}
    return {form for each in tokens for form in (each, quote(each, safe=""), json.dumps(each)[1:-1], html.escape(each))}


def _pattern(form: str) -> str:
    escaped = re.escape(form)
    return escaped if len(form) >= _DISTINCT else rf"(?<![\w-]){escaped}(?![\w-])"
