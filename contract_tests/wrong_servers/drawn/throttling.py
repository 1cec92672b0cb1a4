"""The drawn rate limit: requests a second by token, with or without headers [RATE, RATE-HEADERS]."""

from collections import Counter
from email.utils import formatdate
from threading import Lock

from contract_tests.wrong_servers.drawn.drawing import Draw
from contract_tests.wrong_servers.drawn.replies import Reply
from contract_tests.wrong_servers.pace import Pace

REQUESTS_PER_SECOND = 12


class Throttle:
    """Counts requests by token within one second."""

    def __init__(self, drawn: Draw, pace: Pace) -> None:
        self._drawn, self._pace = drawn, pace
        self._counting, self._second, self._counts = Lock(), 0, Counter[str]()

    def refusal(self, token: str) -> Reply | None:
        """Count a request; return the 429 if it is one too many."""
        with self._counting:
            second = int(self._pace.seconds())
            if second != self._second:
                self._second, self._counts = second, Counter()
            self._counts[token] += 1
            too_many = self._counts[token] > REQUESTS_PER_SECOND
        return self._throttled() if too_many else None

    def headers(self, token: str) -> dict[str, str]:
        """Return the headers of any reply."""
        if self._drawn["rate headers"] == "none":
            return {}
        left = max(0, REQUESTS_PER_SECOND - self._counts[token])
        headers = {"X-RateLimit-Limit": str(REQUESTS_PER_SECOND), "X-RateLimit-Remaining": str(max(1, left))}
        if self._drawn["rate headers"] == "with reset":
            headers["X-RateLimit-Reset"] = str(self._pace.wall_ms() // 1000 + 1)
        return headers

    def _throttled(self) -> Reply | None:
        match self._drawn["rate limit"]:
            case "Retry-After":
                return Reply(429, {"message": "Slow down."}, headers={"Retry-After": "1"})
            case "Retry-After as a date":
                now = self._pace.now()
                headers = {"Date": formatdate(now, usegmt=True), "Retry-After": formatdate(now + 1, usegmt=True)}
                return Reply(429, {"message": "Slow down."}, headers=headers)
            case "wording":
                return Reply(429, {"message": "Too Many Attempts."})
            case "remaining":
                return Reply(429, {"message": "Slow down."}, headers={"X-RateLimit-Remaining": "0"})
            case "envelope":
                return Reply(429, {"success": False, "error": {"code": "RATE_LIMITED", "message": "Slow down."}})
        return None
