"""Telling the rate limit of a web server from the daily limit of the API: both are answered 429."""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

_LONGEST_PAUSE = 60
_WORDING = re.compile(r"too many (attempts|requests)|rate.?limit|throttl", re.IGNORECASE)


def pause(method: str, status: int, headers: Mapping[str, str], text: str, attempt: int) -> float | None:
    """Seconds to wait before the request is sent again, or None where the reply is no throttling.

    Only a generation meets the daily limit (DAILY-429), so a 429 to any other request is throttling. So is one that
    says when to come again, within a minute, or that says so in its words. attempt: how often it was sent before.
    """
    if status != 429:
        return None
    told = _told(headers)
    if told is not None:
        return told if told <= _LONGEST_PAUSE else None
    used_up = headers.get("x-ratelimit-remaining", "").strip() == "0"
    return 2.0**attempt if method != "POST" or used_up or _WORDING.search(text[:2000]) else None


def _told(headers: Mapping[str, str]) -> float | None:
    """What Retry-After says, in seconds; a date is measured from the reply's own Date."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    then, now = _date(value), _date(headers.get("date", ""))
    return max(0.0, (then - now).total_seconds()) if then and now else None


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except (ValueError, TypeError):
        return None
