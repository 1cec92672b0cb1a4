"""What is public in a reply: the words of the document and the rules, those of HTTP and of HTML, and the statuses."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from contract_tests.oracle import resources
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.engines import load_engines

_WORD = re.compile(r"[^\W_]+")
# Beginnings of keys and of private keys, which the document names.
_NEVER = frozenset({"akia", "begin", "pk", "sk", "vp3"})
_HTTP = """
accept access age agent agents algorithm alive allow allowed amz and any api application attachment auth authenticate
authorization bearer br brotli bytes cache cf challenge charset check close cloudflare connection content control
cookie cors credential cross date days default deflate deprecation disposition domain dynamic embedder encoding etag
event expect expires expose filename form frame frames gmt gzip headers hit host htm html http httponly https id
identity image images immutable includesubdomains inline json keep language last lax length limit link local localhost
location max methods miss mode modified must name nel nginx no none nosniff octet only opener options origin page path
php plain policy post powered pragma preload private problem proxy public put range ranges ratelimit ray realm
referrer refresh rel remaining report request requests reset resource retry revalidate robots same sameorigin samesite
secure security server session set signature signedheaders site sniff stale status store stream strict sunset svg text
trace transfer transport type upgrade uri url urlencoded user utf utf8 vary version via warning wildcard www x xml xss
"""
_FILES = """
avif bmp gif jpeg jpg placeholder placeholders png storage svg tif tiff txt uploads webp
"""
_HTML = """
a amp body br button circle css device div doctype en footer form gt h1 h2 h3 head header href html in initial input
label lang li link login lt meta nav nbsp not ol org p page password quot rect scale script sign span style stylesheet
svg table td th title tr ul utf viewport w3 width xmlns
"""
_REFUSALS = """
access account again already an at attempts bad be been body by can completed could credentials currently daily day
denied entity error errors exceed exceeded expected expired failed false field first for forbidden found gateway
generated generating generation given had has have in infinity insufficient internal invalid is it key large later
least left limit limited low many match media method missing more must nan not null of on one or out over payload
pending plan please processing progress prompt provided queue quota rate reached refused required requires selected
service should string success than that the there this time timeout to today token too true try unable unauthenticated
unauthorized unavailable unexpected unknown unprocessable unsupported upgrade upgrading used valid value wait was were
wrong you your
"""
# Of single letters any text can be made; these are needed for dall-e and x-…
_LETTERS = frozenset("aex")
# Zero and the statuses say nothing about an account.
_NUMBERS = frozenset(("0", "419", *(str(int(status)) for status in HTTPStatus)))


def is_public(word: str) -> bool:
    """Return whether a word may appear in a recording: in its own spelling, in lower case, or with capitals."""
    if word.isdigit():
        return word in _NUMBERS
    lower = word.lower()
    if lower in _NEVER or (len(word) == 1 and lower not in _LETTERS):
        return False
    return word in _words() or (lower in _words() and word in {lower, word.upper(), word.capitalize()})


@cache
def _words() -> frozenset[str]:
    files = (resources.openapi(name).read_text(encoding="utf-8") for name in ("openapi.yaml", "rules.yaml"))
    found = {word for text in files for word in _WORD.findall(text)}
    ours = " ".join((_HTTP, _FILES, _HTML, _REFUSALS)).split()
    return frozenset(found).union((word.lower() for word in found), ours)


@cache
def documented_keys() -> frozenset[str]:
    """Return the keys that the document gives to objects; the value of any other key is never public."""
    document = load_contract().document
    return frozenset(_properties(document)).union(*(engine.properties for engine in load_engines()))


def _properties(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in {"properties", "example"} and isinstance(value, Mapping):
                yield from value
            yield from _properties(value)
    elif isinstance(node, list):
        for value in node:
            yield from _properties(value)
