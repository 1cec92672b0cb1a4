"""The lock, from the generation that acquires it until it is released or expires."""

from typing import Literal

import pytest

from mock_server.domain.clock import SECOND
from mock_server.domain.world import Lock
from support.clocks import START
from support.sandbox import LOCK, Sandbox

Kept = Literal["rule", "expiry", "forever"]
FAILURES = pytest.mark.parametrize("failure", [None, "The engine is down."], ids=["finishes", "fails"])


def test_a_generation_acquires_the_lock_for_ten_seconds_or_until_it_ends(sandbox: Sandbox) -> None:
    generation = sandbox.begin()
    assert sandbox.world.lock == Lock(generation.id, START + LOCK, generation.ends)


def test_a_lock_that_is_kept_until_it_expires_has_no_earlier_end(sandbox: Sandbox) -> None:
    sandbox.behave(lock_release="expiry")
    generation = sandbox.begin()
    assert sandbox.world.lock == Lock(generation.id, START + LOCK)


@pytest.mark.parametrize("release", ["completion", "expiry"])
@pytest.mark.parametrize(("kept", "until"), [("expiry", START + LOCK), ("forever", None)])
def test_a_fault_overrides_when_the_lock_is_released(
    sandbox: Sandbox, release: str, kept: Kept, until: int | None
) -> None:
    sandbox.behave(lock_release=release)
    generation = sandbox.begin(lock=kept)
    assert sandbox.world.lock == Lock(generation.id, until)


@FAILURES
def test_the_lock_is_released_when_its_generation_ends(sandbox: Sandbox, failure: str | None) -> None:
    sandbox.begin(failure=failure)
    sandbox.after(2 - 1e-6)
    assert sandbox.refused().rule == "LOCK-ONE"
    sandbox.after(1e-6)
    sandbox.begin()


@FAILURES
def test_a_lock_that_is_kept_until_it_expires_outlives_its_generation(sandbox: Sandbox, failure: str | None) -> None:
    sandbox.behave(lock_release="expiry")
    sandbox.begin(failure=failure)
    assert sandbox.at(START + LOCK - 1).running == ()
    assert sandbox.refused().ends_at == START + LOCK
    sandbox.at(START + LOCK)
    sandbox.begin()


@FAILURES
def test_a_stuck_lock_never_ends(sandbox: Sandbox, failure: str | None) -> None:
    sandbox.begin(failure=failure, lock="forever")
    assert sandbox.after(9 * 86_400).running == ()
    assert sandbox.refused().rule == "LOCK-ONE"


def test_the_lock_expires_after_the_configured_seconds(sandbox: Sandbox) -> None:
    sandbox.behave(lock_seconds=0.5)
    sandbox.begin()
    sandbox.after(0.5 - 1e-6)
    assert sandbox.refused().ends_at == START + SECOND // 2
    sandbox.after(1e-6)
    sandbox.begin()


@FAILURES
def test_a_generation_does_not_release_the_lock_of_another(sandbox: Sandbox, failure: str | None) -> None:
    slow = sandbox.begin(seconds=12, failure=failure)
    sandbox.at(START + LOCK)
    other = sandbox.begin(seconds=5)
    world = sandbox.at(slow.ends)
    assert world.running == (other,)
    assert world.lock == Lock(other.id, START + 2 * LOCK, other.ends)


@FAILURES
def test_a_generation_does_not_release_the_lock_of_another_client(sandbox: Sandbox, failure: str | None) -> None:
    sandbox.begin(failure=failure)
    sandbox.set(lock=Lock("another client", None))
    assert sandbox.after(2).lock == Lock("another client", None)


def test_a_generation_that_outlives_its_lock_completes(sandbox: Sandbox) -> None:
    slow = sandbox.begin(3, seconds=12)
    world = sandbox.at(START + LOCK)
    assert (world.lock, world.running) == (None, (slow,))
    assert sandbox.after(2).credits == 7


def test_a_cancelled_generation_releases_its_lock(sandbox: Sandbox) -> None:
    sandbox.behave(lock_release="expiry")
    sandbox.cancel(sandbox.begin())
    assert sandbox.world.lock is None


def test_a_cancelled_generation_does_not_release_the_lock_of_another_client(sandbox: Sandbox) -> None:
    generation = sandbox.begin()
    sandbox.set(lock=Lock("another client", None))
    sandbox.cancel(generation)
    assert sandbox.world.lock == Lock("another client", None)
