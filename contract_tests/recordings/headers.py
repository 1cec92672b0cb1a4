"""The headers of replies: which are known, and which have values that are public."""

import re
from collections.abc import Callable

# fmt: off
_KNOWN = frozenset({
    "accept-ranges", "age", "allow", "alt-svc", "cache-control", "connection", "content-disposition",
    "content-encoding", "content-language", "content-length", "content-type", "date", "deprecation", "expires",
    "keep-alive", "last-modified", "link", "location", "pragma", "referrer-policy", "retry-after", "server",
    "strict-transport-security", "sunset", "transfer-encoding", "vary", "via", "warning", "www-authenticate",
    "x-cache", "x-content-type-options", "x-frame-options", "x-powered-by", "x-xss-protection",
})
_NUMBERS = frozenset({
    "access-control-max-age", "age", "cache-control", "content-length", "deprecation", "keep-alive", "retry-after",
    "strict-transport-security",
})
_DATES = frozenset({"date", "deprecation", "expires", "last-modified", "retry-after", "sunset"})
_ATTRIBUTES = frozenset({"domain", "expires", "httponly", "max-age", "partitioned", "path", "samesite", "secure"})
# fmt: on
_RATES = re.compile(r"(?:x-)?ratelimit-(?:limit|remaining|reset|used)")
_NUMBER = re.compile(r"(?<![\w.])\d{1,10}(?![\w.])")
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} 20\d\d \d\d:\d\d:\d\d GMT")
_PLAIN_NUMBER = re.compile(r"@?-?\d{1,10}")

Sanitise = Callable[[str], str]


def is_known(name: str) -> bool:
    """Return whether the public words in the value of a header say nothing about an account."""
    return name in _KNOWN or bool(_RATES.fullmatch(name)) or name.startswith("access-control-")


def is_plain(name: str, value: str) -> bool:
    """Return whether the whole value is a public number or date."""
    if _PLAIN_NUMBER.fullmatch(value):
        return name in _NUMBERS or bool(_RATES.fullmatch(name))
    return name in _DATES and bool(_DATE.fullmatch(value))


def keeping_numbers(name: str, value: str, sanitise: Sanitise) -> str:
    """Return a sanitised value; the numbers of some headers are public, as in max-age=60."""
    if name not in _NUMBERS:
        return sanitise(value)
    parts, end = [], 0
    for found in _NUMBER.finditer(value):
        parts += [sanitise(value[end : found.start()]), found[0]]
        end = found.end()
    return "".join(parts) + sanitise(value[end:])


def by_cookie(value: str, sanitise: Callable[..., str]) -> str:
    """Return the value of Set-Cookie; all of it but the names of the attributes is replaced."""
    pairs = (pair.partition("=") for pair in value.split(";"))
    return ";".join(
        (name if name.strip().lower() in _ATTRIBUTES else sanitise(name, sensitive=True))
        + equals
        + sanitise(text, sensitive=True)
        for name, equals, text in pairs
    )
