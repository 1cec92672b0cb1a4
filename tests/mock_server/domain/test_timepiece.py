"""How a world's time follows from the server's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.timepiece import Timepiece

INSTANTS = st.integers(-(10**16), 10**16)
STEPS = st.integers(0, 10**12)
TIMEPIECES = st.builds(Timepiece, INSTANTS) | st.builds(Timepiece, st.just(0), INSTANTS)


@given(INSTANTS)
def test_at_first_it_shows_the_servers_time(real: int) -> None:
    assert Timepiece().at(real) == real


@given(INSTANTS, INSTANTS, STEPS)
def test_a_running_one_goes_on_with_the_servers(ahead: int, real: int, passes: int) -> None:
    piece = Timepiece(ahead)
    assert piece.at(real + passes) == piece.at(real) + passes


@given(INSTANTS, INSTANTS)
def test_a_stopped_one_stands_still(stopped: int, real: int) -> None:
    assert Timepiece(0, stopped).at(real) == stopped


@given(INSTANTS, INSTANTS)
def test_it_reaches_an_instant_when_it_shows_it(ahead: int, instant: int) -> None:
    piece = Timepiece(ahead)
    reached = piece.reached(instant)
    assert reached is not None
    assert piece.at(reached) == instant


@given(INSTANTS)
def test_a_stopped_one_reaches_no_instant_by_itself(instant: int) -> None:
    assert Timepiece(0, 5).reached(instant) is None


@given(TIMEPIECES, INSTANTS, INSTANTS)
def test_it_shows_what_it_is_set_to(piece: Timepiece, instant: int, real: int) -> None:
    assert piece.set(instant, real).at(real) == instant


@given(TIMEPIECES, INSTANTS, INSTANTS)
def test_it_runs_or_stands_still_as_before_it_was_set(piece: Timepiece, instant: int, real: int) -> None:
    assert (piece.set(instant, real).stopped is None) == (piece.stopped is None)


@given(TIMEPIECES, INSTANTS, STEPS)
def test_frozen_it_stands_still_where_it_is(piece: Timepiece, real: int, passes: int) -> None:
    assert piece.frozen(real).at(real + passes) == piece.at(real)


@given(TIMEPIECES, INSTANTS, STEPS)
def test_it_runs_on_from_where_it_is(piece: Timepiece, real: int, passes: int) -> None:
    assert piece.running(real).at(real + passes) == piece.at(real) + passes


@pytest.mark.parametrize("piece", [Timepiece(7), Timepiece(0, 7)])
def test_freezing_twice_and_running_twice_is_doing_it_once(piece: Timepiece) -> None:
    assert piece.frozen(100).frozen(200) == piece.frozen(100)
    assert piece.running(100).running(200) == piece.running(100)


def test_time_that_passes_while_it_is_frozen_is_lost() -> None:
    assert Timepiece().frozen(100).running(150).at(160) == 110
