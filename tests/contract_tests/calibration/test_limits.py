"""Refusals by a lock, and several images at once."""

import pytest

from contract_tests.oracle.samples import FIELDS
from support.in_process import measured


def test_a_lock_shows_engines_and_counts_at_no_cost() -> None:
    found = measured("busy", engines_not_offered="ideogram", images_at_once="1")
    found.conductor.ask_while_locked(found.conductor.api("busy"), FIELDS, lambda: True)
    expected = {
        "ideogram offered, locked": "invalid",
        "flux-pro offered, locked": "locked",
        "dall-e offered, locked": "locked",
        "locked or two images at once": "invalid",
    }
    assert {name: found.shown().get(name) for name in expected} == expected
    assert all(found.samples(name) >= 2 for name in expected)
    assert found.charged == found.measurement.run.budget.spent == 0


def test_nothing_is_requested_without_the_lock_or_credits() -> None:
    for cap, locked in ((10, False), (0, True)):
        found = measured("busy", cap=cap)
        found.conductor.ask_while_locked(found.conductor.api("busy"), FIELDS, lambda locked=locked: locked)  # type: ignore[misc]
        assert found.requests == 0


def test_engines_that_never_queue_are_left_out_where_refusals_name_limits() -> None:
    found = measured("busy")
    found.conductor.names_limits = True
    found.conductor.ask_while_locked(found.conductor.api("busy"), FIELDS, lambda: True)
    assert "flux-pro offered, locked" in found.shown()
    assert "dall-e offered, locked" not in found.shown()


@pytest.mark.parametrize(("count", "made", "charged"), [(2, True, 2), (3, False, 0)])
def test_several_images_are_requested_at_once(count: int, charged: int, *, made: bool) -> None:
    found = measured(images_at_once="2")
    found.conduct(f"images at once, {count}, primary")
    assert (found.shown()[f"{count} images at once"], found.charged) == (made, charged)
    assert found.samples(f"{count} images at once") == 2
