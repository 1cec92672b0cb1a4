"""The public words of a reply: those of the document and the rules, of HTTP and of HTML, and the statuses."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx

from contract_tests.oracle import resources
from contract_tests.oracle.contract import load_contract
from contract_tests.oracle.engines import load_engines

_WORD = re.compile(r"[^\W_]+")
# Beginnings of keys and of private keys, which the document names.
_NEVER = frozenset({"akia", "begin", "pk", "sk", "vp3"})
_HTTP = """
accept access age agent agents algorithm alive allow allowed amz and any api application attachment auth authenticate
authorization basic bearer br brotli bytes cache cf challenge charset check close cloudflare connection content
control cookie cors credential cross date days default deflate deprecation digest disposition domain dynamic embedder
encoding etag event expect expires expose filename form frame frames gmt gzip headers hit host htm html http httponly
https id identity image images immutable includesubdomains inline json keep language last lax length limit link local
localhost location max methods miss mode modified must name nel nginx no none nosniff octet only opener options origin
page path php plain policy post powered pragma preload private problem proxy public put range ranges ratelimit ray
realm referrer refresh rel remaining report request requests reset resource retry revalidate robots same sameorigin
samesite secure security server session set signature signedheaders site sniff stale status store stream strict sunset
svg text trace transfer transport type upgrade uri url urlencoded user utf utf8 vary version via warning wildcard www
x xml xss
"""
_FILES = """
avif bmp gif jpeg jpg placeholder placeholders png storage svg tif tiff txt uploads webp
"""
_HTML = """
a amp body br button circle css device div doctype en footer form gt h1 h2 h3 head header href html in initial input
label lang li link login lt meta nav nbsp not ol org p page password quot rect scale script sign span style stylesheet
svg table td th title tr ul utf viewport w3 width xmlns
"""
_SUITE = """
Infinity NaN address answer answers base bytearray cannot closed complete content disconnected does end errno failure
got health illegal its itself lack last like limits line never nowhere peer posix reach reached recording redirects
refuses reply received refused resolution response row says sending serves stopped target temporary tested throttled
timed times trust used without
"""
_REFUSALS = """
above accept accepted access account active again allows already also an another any are as ask at attempts back bad
balance be because become been before begins below between body both busy by can cannot case change characters choose
client columns comes completed contact could create created credentials currently daily data day delete deleted denied
detected disabled do does done during each either empty enabled end ended enough entity error errors even every exceed
exceeded exist exists expected expired failed fails false few field fields file files find first for forbidden format
found from full gateway generated generating generation get given goes greater greatest had has have head here high
higher how if in inactive infinity insufficient internal into invalid is it its just key kind known large later least
left less limit limited line list literal longer longest low lower made make many match maximum may me means media
method minimum minute minutes missing moment month more must nan need needed needs next nor not nothing now null
number object of offer offered offers ok on one only options or order other our out over part parts past patch payload
pending per permitted plan please policy possible post present prevented problem processing progress prompt provided
purchase put queue quota rate re reached ready reason recently refused remaining required requires resolution retry
route running seconds see selected sent servers service short shorter shortly should since size sizes smaller so some
something soon sorry specified start started still stop stopped string success such support supported suspended take
than that the their them then there these they this those through time timeout to today token too trace true try
unable unauthenticated unauthorized unavailable under unexpected unknown unprocessable unsupported until update
upgrade upgrading upload use used using valid value via violates wait want warning was we week were when where which
while who why will with within without words work would write wrong yet you your
"""
# The suite itself names these for a call without a reply.
_ERRORS = frozenset({name for name in httpx.__all__ if name.endswith(("Error", "Timeout", "Protocol", "Encoding"))})
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
    return (
        word in _words() or word in _ERRORS or (lower in _words() and word in {lower, word.upper(), word.capitalize()})
    )


@cache
def _words() -> frozenset[str]:
    files = (resources.openapi(name).read_text(encoding="utf-8") for name in ("openapi.yaml", "rules.yaml"))
    found = {word for text in files for word in _WORD.findall(text)}
    ours = " ".join((_HTTP, _FILES, _HTML, _SUITE, _REFUSALS)).split()
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
