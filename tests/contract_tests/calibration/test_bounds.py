"""Limits that are found by bisection, at no cost."""

import pytest

from support.in_process import measured


@pytest.mark.parametrize(
    ("limit", "ways", "expected", "tolerance"),
    [
        ("max_images", {"images_at_once": "3"}, 3, 0),
        ("max_images", {}, 8, 0),
        ("max_text_length", {"longest_prompt": "255"}, 255, 0),
        ("max_upload_bytes", {"largest_upload": "16 KiB"}, 2**14, 1024),
        ("max_upload_bytes", {}, 2**20, 1024),
    ],
)
def test_a_bound_is_found(limit: str, ways: dict[str, str], expected: int, tolerance: int) -> None:
    found = measured("empty", ways=ways)
    found.conduct(f"bound, {limit}, empty")
    assert expected - tolerance <= found.shown()[limit] <= expected
    assert found.samples(limit) == 2
    assert found.charged == found.measurement.run.budget.spent == 0


def test_a_bound_shows_how_a_limit_is_answered() -> None:
    found = measured("empty", limits_answered="message only", images_at_once="2")
    found.conduct("bound, max_images, empty")
    assert (found.shown()["limit_status"], found.shown()["limit_body"]) == (422, "message")


@pytest.mark.parametrize("limit", ["max_images", "max_text_length", "max_upload_bytes"])
def test_nothing_is_found_where_parameters_are_judged_last(limit: str) -> None:
    found = measured("empty", order_of_refusals="no-credits locked daily-limit invalid", images_at_once="3")
    before = found.requests
    found.conduct(f"bound, {limit}, empty")
    assert limit not in found.shown()
    assert found.requests <= before + 4
