"""Every freedom that the contract leaves open, as data: its ways, and the assumptions that each contradicts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import permutations
from typing import Any

from contract_tests.wrong_servers.drawn.document import described, engines, listed_sizes, queueing

REFUSALS = ("invalid", "locked", "daily-limit", "no-credits")


@dataclass(frozen=True)
class Way:
    """One way to use a freedom.

    differs: the assumptions that it contradicts wherever that can be seen; may: those that a check may find different.
    """

    name: str
    value: Any
    differs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Freedom:
    """A freedom with its ways; the first is the mock's and the documentation's own."""

    name: str
    ways: tuple[Way, ...]

    @property
    def default(self) -> Way:
        return self.ways[0]


def way(name: str, value: Any = None, *, differs: str = "", may: str = "") -> Way:
    return Way(name, name if value is None else value, frozenset(differs.split()), frozenset(may.split()))


def _freedom(name: str, *ways: Way | str) -> Freedom:
    return Freedom(name, tuple(way(each) if isinstance(each, str) else each for each in ways))


_LIMIT_ANSWERS = ("422", "403", way("400", may="VALID-422"), "200", way("message only", may="VALID-422"))

BODIES = (
    _freedom(
        "error bodies",
        "flat",
        way("envelope", differs="ERROR-BODY"),
        "flat and envelope",
    ),
    _freedom("extra fields", "none", "the same everywhere", "different ones by reply", "of an envelope"),
    _freedom("key order", "documented", "shuffled"),
    _freedom("JSON text", "compact", "indented", "slashes and other letters escaped", "UTF-8", "white space around"),
    _freedom("ids", "small", "beyond 32 bits", "beyond 64 bits", "descending", "3 or 3.0 by reply"),
    _freedom(
        "stamps",
        "seconds",
        *("microseconds", "milliseconds", "nanoseconds", "offset of zero", "offset of hours"),
        way("local time as UTC", differs="RECENT-TIME"),
    ),
    _freedom("titles", "engine and number", "prompt in words", "hash", "without suffix"),
    _freedom(
        "input",
        "prompt",
        "modifiers appended",
        "shortened in recent-images",
        "shortened with one character",
    ),
    _freedom("status of generate's 409", "error", "missing", way("and no message", differs="LOCK-409-BODY")),
    _freedom("429 body", "message", "errors"),
    _freedom("429 headers", "none", "Retry-After until the day ends"),
    _freedom("wording", "documented", "other"),
    _freedom("versions", "documented", "every engine", "one"),
)

PICTURES = (
    _freedom(
        "output",
        "relative",
        "slashed",
        way("absolute", may="IMG-STORAGE"),
        "s3",
        way("signed at r2", "r2"),
        "with a query",
        "with other letters",
    ),
    _freedom("storage", "by output", way("local", differs="IMG-STORAGE")),
    _freedom("picture path", "direct", "redirect", "two relative redirects", "needs the token"),
    _freedom("picture type", "png", "jpeg", "webp", "avif", "gif", "bmp"),
    _freedom("picture media type", "its own", "octet-stream", "missing"),
    _freedom("picture size", "as requested", way("1024x1024", differs="IMG-SIZE"), way("halved", differs="IMG-SIZE")),
    _freedom("recent order", "newest first", way("oldest first", differs="RECENT-ORDER")),
)

REFUSING = (
    _freedom(
        "unauthenticated",
        "401",
        way("403", differs="AUTH-401"),
        way("redirect to a login page", differs="AUTH-401"),
        way("401 as HTML", differs="AUTH-401"),
        way("redirect where JSON is not accepted", differs="NO-ACCEPT"),
    ),
    _freedom(
        "invalid",
        "422",
        way("400", differs="VALID-422"),
        way("200 with status: error", differs="VALID-422"),
        way("422 without errors", differs="VALID-422"),
        way("422 with the first error", differs="VALID-422"),
    ),
    _freedom(
        "validation",
        "strict",
        way("unknown choices accepted", differs="VALID-422"),
        way("no images for a count of 0", differs="VALID-422"),
    ),
    _freedom(
        "texts",
        "trimmed",
        way("as sent", differs="VALID-TRIM"),
        way("invisible characters trimmed"),
        way("blank prompt accepted", differs="VALID-TRIM"),
        way("null refused", differs="VALID-TRIM"),
        way("unknown fields refused", differs="VALID-TRIM"),
    ),
    _freedom("bodies of other types", "refused as invalid", "415", "read as JSON"),
    _freedom("unreadable JSON", "refused as invalid", "400 as HTML"),
    _freedom(
        "order of refusals",
        way("documented", REFUSALS),
        *(way(" ".join(order), order, differs="ORDER") for order in permutations(REFUSALS) if order != REFUSALS),
    ),
    _freedom(
        "unknown paths",
        "404",
        way("404 as HTML", differs="NOT-FOUND"),
        way("405 without Allow", differs="NOT-FOUND"),
        way("404 for methods", differs="NOT-FOUND"),
    ),
)

ACCOUNTS = (
    _freedom("lock scope", "account", "global", way("global, undeclared", differs="LOCK-SCOPE", may="LOCK-RELEASE")),
    _freedom("lock release", "completion", way("expiry", differs="LOCK-RELEASE")),
    _freedom("checks", "pure", way("hold the lock for a moment", may="LOCK-CHECK-PURE")),
    _freedom("charged", "at the end", "at the start"),
    _freedom(
        "credits needed",
        "all",
        way("one, down to zero", differs="CREDIT-NEED", may="CREDIT-ATOMIC"),
        way("one, into debt", differs="CREDIT-NEED CREDIT-ATOMIC"),
    ),
    _freedom(
        "daily limit counts",
        "images",
        way("requests served", differs="DAILY-RESET"),
        way("requests", differs="DAILY-RESET"),
    ),
    _freedom("day begins", way("00:00", 0), way("08:00", 8, differs="DAILY-RESET")),
    _freedom("failed generations", way("none", 0), way("every ninth", 9), way("every fourth", 4)),
    _freedom(
        "failed requests",
        "make nothing",
        "keep all images but the last",
        way("make nothing and cost credits", may="CREDIT-ATOMIC DAILY-RESET"),
    ),
    _freedom("past", way("none", 0), way("3 images", 3), way("12 images", 12)),
)


def _limits() -> tuple[Freedom, ...]:
    """Return the limits that no source gives: engines and sizes that a plan lacks come from the document."""
    return (
        _freedom("limits answered", *_LIMIT_ANSWERS),
        _freedom("images at once", way("8", 8), way("1", 1), way("2", 2), way("3", 3)),
        _freedom("longest prompt", way("5000", 5000), way("1000", 1000), way("255", 255), way("100", 100)),
        _freedom("largest upload", way("1 MiB", 2**20), way("256 KiB", 2**18), way("16 KiB", 2**14)),
        _freedom("uploads taken", "any", "PNG and JPEG", "of 512 pixels or more"),
        _freedom("large uploads", "answered as limits", "413", "413 as HTML"),
        _freedom(
            "resolutions",
            way("any", ""),
            way("512 and 1024", "512x512 1024x1024"),
            way("up to 768", "768"),
        ),
        _freedom("engines not offered", way("none", ()), *_engines_not_offered()),
        _freedom("size not offered", way("none", ""), *(way(size) for size in listed_sizes())),
        _freedom("hd", "offered", "not offered"),
        _freedom("firewall", "none", "403 as HTML"),
        _freedom("moderation", "none", way("422", may="VALID-422"), "200"),
        _freedom(
            "queued",
            way("none", ()),
            *(way(name, (name,), may="QUEUED") for name in queueing()),
            way("all that may", queueing(), may="QUEUED"),
        ),
        _freedom("placeholder", "SVG", "PNG"),
        _freedom("queued lock", "free at once", "held until the picture is ready"),
    )


def _engines_not_offered() -> Iterator[Way]:
    """Yield each engine alone, and all but one of those that the document describes."""
    for name in engines():
        yield way(name, (name,), may="ENGINES")
    for name in described():
        yield way(f"all but {name}", tuple(other for other in engines() if other != name), may="ENGINES")


WIRE = (
    _freedom("framing", "length", "chunked", "chunked in pieces", "HTTP/1.0", "closed unannounced", "close"),
    _freedom("encoding", "identity", "gzip", "deflate", "br"),
    _freedom("header case", "usual", "lower", "upper"),
    _freedom("charset", "none", "utf-8", "UTF-8 in quotes"),
    _freedom("extra headers", "none", "of a framework", "deprecation", "cookies"),
    _freedom("date", "sent", "missing"),
    _freedom("CORS", "any origin", way("none", differs="CORS")),
    _freedom(
        "rate limit",
        "none",
        *(
            way(name, may="RATE RATE-HEADERS")
            for name in ("Retry-After", "Retry-After as a date", "wording", "remaining", "envelope")
        ),
    ),
    _freedom(
        "rate headers",
        "none",
        way("limit and remaining", differs="RATE RATE-HEADERS"),
        way("with reset", differs="RATE"),
    ),
    _freedom("latency", way("none", 0), way("20 ms", 20), way("80 ms", 80)),
    _freedom(
        "generation time",
        way("1.5 s", 1500),
        way("0.4 s", 400),
        way("3 s", 3000),
        way("12 s", 12_000),
        way("by engine", -1),
    ),
    _freedom("sandbox", "none", "every account, declared"),
)


@cache
def all_freedoms() -> Mapping[str, Freedom]:
    """Return every freedom by name."""
    return {each.name: each for each in (*BODIES, *PICTURES, *REFUSING, *ACCOUNTS, *_limits(), *WIRE)}
