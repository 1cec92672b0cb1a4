"""Whether a 429 limits the rate of requests, and how long to wait then."""

import re
from collections.abc import Mapping

from contract_tests.oracle.moments import http_date

# Rates are limited by the minute [RATE], so a longer Retry-After belongs to a daily limit.
_MAX_PAUSE_SECONDS = 60
_WORDING = re.compile(r"too many (attempts|requests)|rate.?limit|throttl", re.IGNORECASE)


def throttle_pause(method: str, status: int, headers: Mapping[str, str], text: str, attempt: int) -> float | None:
    """Return the seconds to wait before a retry, or None if the reply is not throttling.

    Only a generation meets the daily limit [DAILY-429], so a 429 to any other request is throttling. So is one with
    Retry-After within a minute, or with the wording of a rate limit. attempt: the number of earlier tries.
    """
    if status != 429:
        return None
    seconds = _retry_after(headers)
    if seconds is not None:
        return seconds if seconds <= _MAX_PAUSE_SECONDS else None
    used_up = headers.get("x-ratelimit-remaining", "").strip() == "0"
    return 2.0**attempt if method != "POST" or used_up or _WORDING.search(text[:2000]) else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return Retry-After in seconds; a date is relative to the reply's own Date."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    then, now = http_date({"date": value}), http_date(headers)
    return max(0.0, (then - now).total_seconds()) if then and now else None
