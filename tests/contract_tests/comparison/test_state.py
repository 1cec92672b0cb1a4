"""The states of accounts that a recording implies."""

from contract_tests.comparison.facts import foreign_lock
from contract_tests.comparison.intervals import narrowed
from contract_tests.comparison.state import PLENTY, states
from contract_tests.recordings.model import RecordedAccount
from support.exchanges import check, made, recording, refused


def test_an_account_that_was_never_refused_has_plenty() -> None:
    ((role, state),) = states(recording(made(1, 0, 1)))
    assert (role, state["credits"], state["daily_limit"] - state["used_today"]) == ("primary", PLENTY, PLENTY)


def test_an_account_that_was_refused_had_what_it_spent() -> None:
    content = recording(made(1, 0, 1, image_number_of_images=2), refused(2, 2, 419))
    assert dict(states(content))["primary"]["credits"] == 2


def test_a_day_that_ended_had_the_images_that_were_made() -> None:
    content = recording(made(1, 0, 1), refused(2, 2, 429))
    state = dict(states(content))["primary"]
    assert state["daily_limit"] - state["used_today"] == 1


def test_a_stated_figure_counts_more_than_what_was_seen() -> None:
    low, almost = RecordedAccount(credits=3), RecordedAccount(images_left=2)
    exchanges = (refused(1, 0, 419, "low"), refused(2, 1, 429, "almost_limited"), refused(3, 2, 419, "empty"))
    found = dict(states(recording(*exchanges, low=low, almost_limited=almost)))
    assert (found["low"]["credits"], found["empty"]["credits"]) == (3, 0)
    assert found["almost_limited"]["daily_limit"] - found["almost_limited"]["used_today"] == 2


def test_a_sandbox_stays_one() -> None:
    found = dict(states(recording(made(1, 0, 1), primary=RecordedAccount(sandbox=True))))
    assert found["primary"]["sandbox"] is True


def test_a_lock_that_no_generation_explains_is_of_another_client() -> None:
    own = [made(1, 0, 1), check(2, 5, 409), check(3, 12, 409)]
    assert not any(foreign_lock(each, own) for each in own)
    other = [check(1, 0, 200), check(2, 1, 409), refused(3, 2, 409)]
    assert [foreign_lock(each, other) for each in other] == [False, True, True]
    busy = [made(1, 0, 3), check(2, 1, 409, "busy"), check(3, 1, 409, "secondary")]
    assert [foreign_lock(each, busy) for each in busy] == [False, True, False]


def test_a_generation_runs_between_the_calls_that_found_the_account_free() -> None:
    exchanges = [made(1, 0, 5), check(2, 0.1, 200), check(3, 4.9, 200), check(4, 2, 409), check(5, 0.2, 200, "low")]
    narrow = narrowed(exchanges)[0]
    assert 0.1 < narrow.sent < 0.11
    assert 4.89 < narrow.received < 4.9
