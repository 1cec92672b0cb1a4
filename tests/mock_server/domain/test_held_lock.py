"""The one spelling of a lock: forever, an instant, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.clock import SECOND, from_iso
from mock_server.domain.held_lock import LockEntry, LockValue, lock_view, read_lock
from mock_server.domain.world import Lock

AT = "2026-02-26T10:00:05.000Z"


@pytest.mark.parametrize(
    ("value", "lock"),
    [
        ("forever", Lock("x", None)),
        (AT, Lock("x", from_iso(AT))),
        ("2026-02-26T12:00:05+02:00", Lock("x", from_iso(AT))),
        ("none", None),
        (None, None),
        (LockEntry("forever"), Lock("x", None)),
        (LockEntry(None), Lock("x", None)),
        (LockEntry(AT), Lock("x", from_iso(AT))),
    ],
)
def test_a_lock_is_read(value: LockValue, lock: Lock | None) -> None:
    assert read_lock(value, "x") == lock


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("once", "'once' is not a time, as in 2026-02-26T10:00:00Z"),
        ("", "'' is not a time, as in 2026-02-26T10:00:00Z"),
        ("Forever", "'Forever' is not a time, as in 2026-02-26T10:00:00Z"),
        ("2026-02-26T10:00:05", "a time zone is missing"),
        ("1969-12-31T23:59:59Z", "it is before 1970 or after 8999"),
        ("x" * 10_000, f"'{'x' * 60}' is not a time"),
        (LockEntry("never"), "'never' is not a time, as in 2026-02-26T10:00:00Z"),
    ],
)
def test_another_value_is_refused_with_what_it_takes(value: LockValue, reason: str) -> None:
    with pytest.raises(ValueError, match="lock takes forever, an instant, or none") as caught:
        read_lock(value, "x")
    assert str(caught.value).endswith(reason) or reason in str(caught.value)
    assert len(str(caught.value)) < 200


@given(st.none() | st.builds(Lock, st.just("x"), st.none() | st.integers(0, 10**9).map(lambda s: s * SECOND)))
def test_a_lock_is_read_as_it_is_shown(lock: Lock | None) -> None:
    view = lock_view(lock)
    assert read_lock(LockEntry(view["until"]) if view else None, "x") == lock
    assert read_lock(view["until"] if view else "none", "x") == lock
