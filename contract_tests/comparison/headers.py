"""The headers of which the contract or a rule speaks; a service may send any others."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from contract_tests.comparison.difference import Difference, Pair
from contract_tests.comparison.observed import lower_names, media_type
from contract_tests.comparison.stand_ins import StandIns

_LIMITS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset", "retry-after")
_CORS = "access-control-allow-origin"
# Most frameworks allow these two wherever GET is allowed, named or not.
_IMPLIED = frozenset({"HEAD", "OPTIONS"})


def compare_headers(
    pair: Pair, recorded: Mapping[str, str], reissued: Mapping[str, str], stand_ins: StandIns
) -> Iterator[Difference]:
    """Yield the differences in media type, in headers that are there or not, in methods, redirects and origins."""
    before, after = lower_names(recorded), lower_names(reissued)
    facts = [("content-type", _class(before), _class(after))]
    facts += [(name, _presence(before, name), _presence(after, name)) for name in _LIMITS]
    facts.append(("allow", _methods(before), _methods(after)))
    # Where the recorded address has a stand-in, only that there is one can be compared.
    place = _presence if stand_ins.hide(before.get("location")) else lambda headers, _: _place(headers)
    facts.append(("location", place(before, "location"), place(after, "location")))
    if "origin" in lower_names(pair.recorded.request.headers):
        facts.append((_CORS, _origin(before), _origin(after)))
    for name, expected, received in facts:
        if expected != received:
            yield pair.differs("header", expected, received, "headers", name)


def _class(headers: Mapping[str, str]) -> str:
    """Return the class of a media type: which picture is compared with its content."""
    kind = media_type(headers)
    if kind.endswith(("/json", "+json")):
        return "JSON"
    return "a picture" if kind.startswith("image/") else kind or "none"


def _presence(headers: Mapping[str, str], name: str) -> str:
    return "present" if name in headers else "absent"


def _methods(headers: Mapping[str, str]) -> str:
    if "allow" not in headers:
        return "absent"
    named = {method.strip().upper() for method in headers["allow"].split(",")}
    return ", ".join(sorted(named - _IMPLIED)) or "none"


def _place(headers: Mapping[str, str]) -> str:
    if "location" not in headers:
        return "absent"
    parts = urlsplit(headers["location"])
    # A redirect to a login page is compared by its page; one to a picture has random parts.
    last = parts.path.rpartition("/")[2]
    return last if last.isalpha() else "an address"


def _origin(headers: Mapping[str, str]) -> str:
    value = headers.get(_CORS, "absent")
    return value if value in {"*", "absent"} else "an origin"
