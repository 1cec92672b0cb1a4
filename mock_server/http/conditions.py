"""Conditional requests and ranges, as RFC 9110 has them (13.2.2 and 14)."""

import re
from collections.abc import Mapping
from email.utils import formatdate, mktime_tz, parsedate_tz
from functools import lru_cache

import msgspec

from mock_server.domain.clock import SECOND, Instant

from .context import RequestHeaders

_TAG = re.compile(r'(W/)?"([^"]*)"')
_RANGE = re.compile(r"(?i:bytes)\s*=\s*(?:([0-9]{1,18})\s*-\s*([0-9]{1,18})?|-\s*([0-9]{1,18}))\s*")


class Version(msgspec.Struct, frozen=True):
    """The version of a file. tag: differs between two versions; changed: when it was made."""

    tag: str
    changed: Instant

    @property
    def headers(self) -> Mapping[str, str]:
        """The validators, ETag and Last-Modified."""
        return {"etag": f'"{self.tag}"', "last-modified": _as_date(self.changed // SECOND)}

    def is_changed_since(self, seconds: int) -> bool:
        """Return whether it is newer than an instant, in seconds since the epoch, the precision of a date."""
        return self.changed // SECOND > seconds


def precondition(headers: RequestHeaders, version: Version) -> int | None:
    """Return the status of a request whose precondition is false, None for any other."""
    sent = headers.values
    if b"if-match" in sent:
        if not _has_tag(headers.get(b"if-match"), version, weak=False):
            return 412
    elif b"if-unmodified-since" in sent:
        since = _seconds(headers.get(b"if-unmodified-since"))
        if since is not None and version.is_changed_since(since):
            return 412
    if b"if-none-match" in sent:
        return 304 if _has_tag(headers.get(b"if-none-match"), version, weak=True) else None
    since = _seconds(headers.get(b"if-modified-since"))
    return 304 if since is not None and not version.is_changed_since(since) else None


def requested_range(headers: RequestHeaders, version: Version, length: int) -> range | None:
    """Return the bytes that a request asks for, an empty range if there are none of them, None for the whole file.

    Several ranges, other units and malformed ones are ignored, which RFC 9110, 14.2, allows.
    """
    found = _RANGE.fullmatch(headers.get(b"range").strip())
    if found is None or not _still_applies(headers.get(b"if-range").strip(), version):
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return range(max(0, length - int(suffix)), length)
    if last is not None and int(last) < int(first):
        return None  # malformed
    return range(int(first), min(length, int(last) + 1 if last is not None else length))


def _still_applies(if_range: str, version: Version) -> bool:
    if not if_range:
        return True
    if _TAG.match(if_range):
        return _has_tag(if_range, version, weak=False)
    return _seconds(if_range) == version.changed // SECOND


def _has_tag(tags: str, version: Version, weak: bool) -> bool:
    """Return whether a list of tags has that of the version. weak: a weak tag counts, too."""
    if tags.strip() == "*":
        return True
    return any(tag == version.tag and (weak or not marker) for marker, tag in _TAG.findall(tags))


def _seconds(date: str) -> int | None:
    """Return a date in seconds since the epoch, None for one that cannot be read."""
    try:
        parsed = parsedate_tz(date) if date else None
        return None if parsed is None else mktime_tz(parsed)
    except (ValueError, OverflowError, IndexError):
        return None


@lru_cache(maxsize=1_000)
def _as_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
