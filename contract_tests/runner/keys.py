"""Typed access to what a YAML file says, with complaints that name the file and the key."""

from typing import Any
from urllib.parse import urlsplit

from contract_tests.errors import UsageError


class Keys:
    """Typed access to one mapping of the file; every complaint names the file and the key."""

    def __init__(self, where: str, content: Any, prefix: str = "") -> None:
        self._where, self._prefix = where, prefix
        if not isinstance(content, dict):
            raise self.wrong("", "takes keys and values")
        self._content = content

    def wrong(self, key: str, complaint: str) -> UsageError:
        name = f"{self._prefix}{key}".rstrip(".")
        return UsageError(f"{self._where}: {name}: {complaint}." if name else f"{self._where}: {complaint}.")

    def only(self, *known: str) -> None:
        for key in self._content:
            if key not in known:
                raise self.wrong(str(key), f"unknown key; known here: {', '.join(known)}")

    def has(self, key: str) -> bool:
        return self._content.get(key) is not None

    def part(self, key: str, *known: str) -> "Keys":
        part = Keys(self._where, self._content.get(key) or {}, f"{self._prefix}{key}.")
        part.only(*known)
        return part

    def text(self, key: str, *, optional: bool = False) -> str:
        value = self._content.get(key)
        if value is None and optional:
            return ""
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self.wrong(key, "takes a text on one line")
        return value.strip()

    def url(self, key: str) -> str:
        value = self._content.get(key)
        try:
            parts = urlsplit(value) if isinstance(value, str) else None
            valid = bool(parts and parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0)
        except ValueError:
            valid = False
        if not valid:
            raise self.wrong(key, "takes an http or https URL, for example http://127.0.0.1:8010/api/v1")
        return str(value).rstrip("/")

    def choice(self, key: str, *choices: str) -> str:
        value = self._content.get(key, choices[0])
        if value not in choices:
            raise self.wrong(key, f"takes one of {', '.join(choices)}")
        return str(value)

    def number(self, key: str, default: float, *, whole: bool = False, least: float) -> float:
        value = self._content.get(key, default)
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not value >= least:
            raise self.wrong(key, f"takes {'a whole number' if whole else 'a number'} of at least {least}")
        return value
