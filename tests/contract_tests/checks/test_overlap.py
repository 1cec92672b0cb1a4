from collections.abc import Iterator

import pytest

from contract_tests.errors import CouldNotLookError
from contract_tests.runner.run import Run
from contract_tests.runner.settings import Settings
from support.conformance import target
from support.overlaps import overlap, reply


@pytest.fixture
def run() -> Iterator[Run]:
    run = Run(Settings(target()))
    yield run
    run.transport.close()


@pytest.mark.parametrize(
    ("sent", "sure"),
    [(0.05, False), (0.5, True), (2.0, True), (2.4, False), (3.5, False)],
)
def test_a_call_surely_overlaps_only_well_within_the_generation(run: Run, sent: float, sure: bool) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(200, 0.01, 0.02))
    assert watched.surely_running(reply(200, sent, sent + 0.01)) is sure


def test_a_lock_that_was_seen_proves_that_the_generation_had_begun(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(409, 0.01, 0.02))
    assert watched.surely_running(reply(200, 0.03, 0.04))


def test_a_slow_network_widens_the_margin(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 3.0), reply(200, 0.1, 0.6))
    assert watched.margin == pytest.approx(1.5)
    assert not watched.surely_running(reply(200, 1.0, 1.5))


def test_after_ten_seconds_a_lock_is_no_proof_any_more(run: Run) -> None:
    watched = overlap(run, reply(200, 0.0, 30.0), reply(409, 0.1, 0.11))
    assert not watched.surely_running(reply(200, 9.9, 9.95))


def test_a_generation_that_failed_proves_nothing(run: Run) -> None:
    with pytest.raises(CouldNotLookError, match="was answered 419"):
        overlap(run, reply(419, 0.0, 0.1)).surely_running(reply(200, 0.05, 0.06))


def test_the_life_of_a_lock_lies_between_what_was_seen(run: Run) -> None:
    checks = reply(409, 0.1, 0.2), reply(409, 9.8, 9.9), reply(200, 10.0, 10.1)
    life = overlap(run, reply(200, 0.0, 12.0), *checks).life()
    assert [life.at_least, life.at_most] == pytest.approx([9.6, 10.1])
    assert not life.cut_short
    assert len(life.witnesses) == 3


def test_a_lock_that_went_with_its_generation_was_cut_short(run: Run) -> None:
    checks = reply(409, 0.1, 0.2), reply(200, 3.0, 3.01)
    assert overlap(run, reply(200, 0.0, 3.0), *checks).life().cut_short


def test_a_lock_that_was_never_seen_to_go_may_live_for_ever(run: Run) -> None:
    life = overlap(run, reply(200, 0.0, 12.0), reply(409, 0.1, 0.2), reply(409, 11.8, 11.9)).life()
    assert life.at_least == pytest.approx(11.6)
    assert life.at_most == float("inf")


def test_a_lock_that_was_never_seen_has_no_life(run: Run) -> None:
    with pytest.raises(CouldNotLookError, match="never seen"):
        overlap(run, reply(200, 0.0, 12.0), reply(200, 0.1, 0.2)).life()
