"""The time of a world, derived from the time of the server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.timepiece import Timepiece

INSTANTS = st.integers(-(10**16), 10**16)
STEPS = st.integers(0, 10**12)
TIMEPIECES = st.builds(Timepiece, INSTANTS) | st.builds(Timepiece, st.just(0), INSTANTS)


@given(INSTANTS)
def test_a_new_timepiece_shows_the_time_of_the_server(real: int) -> None:
    assert Timepiece().at(real) == real


@given(INSTANTS, INSTANTS, STEPS)
def test_a_running_timepiece_advances_with_the_server(ahead: int, real: int, passes: int) -> None:
    piece = Timepiece(ahead)
    assert piece.at(real + passes) == piece.at(real) + passes


@given(INSTANTS, INSTANTS)
def test_a_stopped_timepiece_does_not_advance(stopped: int, real: int) -> None:
    assert Timepiece(0, stopped).at(real) == stopped


@given(INSTANTS, INSTANTS)
def test_reached_is_the_server_time_at_which_an_instant_is_shown(ahead: int, instant: int) -> None:
    piece = Timepiece(ahead)
    reached = piece.reached(instant)
    assert reached is not None
    assert piece.at(reached) == instant


@given(INSTANTS)
def test_a_stopped_timepiece_never_reaches_an_instant(instant: int) -> None:
    assert Timepiece(0, 5).reached(instant) is None


@given(TIMEPIECES, INSTANTS, INSTANTS)
def test_a_timepiece_shows_the_instant_it_is_set_to(piece: Timepiece, instant: int, real: int) -> None:
    assert piece.set(instant, real).at(real) == instant


@given(TIMEPIECES, INSTANTS, INSTANTS)
def test_setting_a_timepiece_neither_stops_nor_starts_it(piece: Timepiece, instant: int, real: int) -> None:
    assert (piece.set(instant, real).stopped is None) == (piece.stopped is None)


@given(TIMEPIECES, INSTANTS, STEPS)
def test_freezing_stops_a_timepiece_at_its_current_instant(piece: Timepiece, real: int, passes: int) -> None:
    assert piece.frozen(real).at(real + passes) == piece.at(real)


@given(TIMEPIECES, INSTANTS, STEPS)
def test_a_timepiece_continues_from_its_current_instant(piece: Timepiece, real: int, passes: int) -> None:
    assert piece.running(real).at(real + passes) == piece.at(real) + passes


@pytest.mark.parametrize("piece", [Timepiece(7), Timepiece(0, 7)])
def test_freezing_and_running_are_idempotent(piece: Timepiece) -> None:
    assert piece.frozen(100).frozen(200) == piece.frozen(100)
    assert piece.running(100).running(200) == piece.running(100)


def test_time_that_passes_while_frozen_is_not_caught_up() -> None:
    assert Timepiece().frozen(100).running(150).at(160) == 110
