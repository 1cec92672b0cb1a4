import pytest

from contract_tests.client.throttling import throttle_pause

DATE = {"date": "Thu, 26 Feb 2026 10:00:00 GMT"}


@pytest.mark.parametrize(
    ("method", "status", "headers", "text", "seconds"),
    [
        ("POST", 200, {"retry-after": "1"}, "", None),
        ("POST", 429, {}, '{"message": "You have reached the maximum number of image generation allowed."}', None),
        ("POST", 429, {"x-ratelimit-remaining": "57"}, "", None),
        ("POST", 429, {"retry-after": "39600"}, "", None),
        ("POST", 429, {"retry-after": "7"}, "", 7),
        ("POST", 429, {"retry-after": "Thu, 26 Feb 2026 10:00:30 GMT", **DATE}, "", 30),
        ("POST", 429, {"retry-after": "Fri, 27 Feb 2026 00:00:00 GMT", **DATE}, "", None),
        ("POST", 429, {"retry-after": "soon"}, "", None),
        ("POST", 429, {"x-ratelimit-remaining": "0"}, "", 4),
        ("POST", 429, {}, '{"message": "Too Many Attempts."}', 4),
        ("POST", 429, {}, "<h1>429 Too Many Requests</h1>", 4),
        ("GET", 429, {}, "", 4),
    ],
)
def test_distinguishes_the_rate_limit_from_the_daily_limit(
    method: str, status: int, headers: dict[str, str], text: str, seconds: float | None
) -> None:
    assert throttle_pause(method, status, headers, text, attempt=2) == seconds
