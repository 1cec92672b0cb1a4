"""The forms of addresses and dates: what two replies must share although each has values of its own."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

_DATE = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_SUFFIX = re.compile(r"\.([A-Za-z0-9]{1,5})$")
# Milliseconds, microseconds and nanoseconds. Another number of digits has lost its trailing zeros.
_WHOLE_FRACTIONS = frozenset({3, 6, 9})


@dataclass(frozen=True)
class AddressForm:
    """The form of an address. place: relative, slashed, absolute (on the API's host) or remote (on another one).

    query: the names in its query. suffix: of its path, in lower case.
    """

    place: str
    query: tuple[str, ...]
    suffix: str

    def __str__(self) -> str:
        query = f" with the query {', '.join(self.query)}" if self.query else ""
        return f"{self.place}, {f'ending in .{self.suffix}' if self.suffix else 'without a suffix'}{query}"


def address_form(address: str, origin: str) -> AddressForm:
    """Return the form of an address in a reply of the API at that origin."""
    parts = _split(address)
    suffix = _SUFFIX.search(parts.path)
    names = tuple(sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}))
    return AddressForm(_place(address, origin), names, suffix[1].lower() if suffix else "")


def _place(address: str, origin: str) -> str:
    parts = _split(address)
    if parts.scheme:
        return "absolute" if f"{parts.scheme}://{parts.netloc}" == origin else "remote"
    return "slashed" if address.startswith("/") else "relative"


def address_key(address: str) -> str:
    """Return what identifies the picture: the path, since host, query and first slash are part of the form."""
    return _split(address).path.lstrip("/")


def _split(address: str) -> SplitResult:
    """Return the parts of an address; a text that is not one is a path."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", address, "", "")


@dataclass(frozen=True)
class DateForm:
    """The form of a date: the number of digits of its fraction, and its zone, Z, an offset or none."""

    digits: int
    zone: str

    def __str__(self) -> str:
        fraction = f"a fraction of {self.digits} digits" if self.digits else "whole seconds"
        return f"{fraction}, {self.zone or 'no zone'}"

    def fits(self, other: "DateForm") -> bool:
        """Return whether a service that writes the one may write the other, too."""
        if self.zone != other.zone or bool(self.digits) != bool(other.digits):
            return False
        both = {self.digits, other.digits}
        return len(both) == 1 or not both <= _WHOLE_FRACTIONS


def date_form(text: str) -> DateForm | None:
    """Return the form of a date, None if the text is not one."""
    found = _DATE.fullmatch(text)
    return DateForm(len(found[3] or ""), (found[4] or "").upper()) if found else None


def instant(text: str) -> float | None:
    """Return a date as seconds since 1970, None if the text is not one; without a zone it is in UTC."""
    found = _DATE.fullmatch(text)
    if not found:
        return None
    zone = (found[4] or "Z").upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{found[1]}T{found[2]}.{(found[3] or '0')[:6]:0<6}{zone}").timestamp()
    except (ValueError, OverflowError):
        return None


def kind_of_value(value: Any) -> str:
    """Return the JSON type of a value; 3 and 3.0 are both numbers."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def plain(value: Any) -> Any:
    """Return 3.0 as 3, since JSON has one kind of numbers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
