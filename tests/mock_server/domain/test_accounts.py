"""Which account a token opens, and what its world is like at first."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.accounts import Account, Accounts, open_world, world_name
from mock_server.domain.clock import DAY
from mock_server.domain.world import Lock
from support.clocks import START

RICH, POOR = Account(100, 50), Account(0, 50)
REFUSED = Account(100, 50, valid=False)
LISTED = {"poor": POOR, "refused": REFUSED}
OPEN = Accounts(LISTED, RICH)
CLOSED = Accounts(LISTED, RICH, closed=True)
IDS_BELOW = 2**31
ROOM = 10_000


def test_a_listed_token_opens_its_account() -> None:
    assert OPEN.find("poor") is POOR
    assert CLOSED.find("poor") is POOR


def test_any_other_token_opens_a_fresh_account() -> None:
    assert OPEN.find("somebody") is RICH


def test_no_other_token_is_valid_when_closed() -> None:
    assert CLOSED.find("somebody") is None


def test_an_account_may_be_listed_as_not_valid() -> None:
    assert OPEN.find("refused") is None
    assert CLOSED.find("refused") is None


def test_tokens_differ_in_case() -> None:
    assert CLOSED.find("Poor") is None


@given(st.text(min_size=8))
def test_a_worlds_name_does_not_give_the_token_away(token: str) -> None:
    name = world_name(token)
    assert len(name) == 32
    assert set(name) <= set("0123456789abcdef")
    assert token not in name


@given(st.text(max_size=8), st.text(max_size=8))
def test_a_token_has_a_world_of_its_own(one: str, other: str) -> None:
    assert (world_name(one) == world_name(other)) == (one == other)


def test_a_worlds_name_is_the_same_in_every_run() -> None:
    assert world_name("demo") == "72b2b84cea1b66a2ba34864086d48aeb"


@given(st.text())
def test_ids_fit_into_32_bits_for_any_token(token: str) -> None:
    first = open_world(world_name(token), RICH, START).first_id
    assert 1 <= first <= IDS_BELOW - ROOM


@pytest.mark.parametrize("name", ["0" * 32, "f" * 32, f"{199_999:08x}{'0' * 24}", f"{200_000:08x}{'0' * 24}"])
def test_ids_fit_into_32_bits_at_the_edges(name: str) -> None:
    assert 1 <= open_world(name, RICH, START).first_id <= IDS_BELOW - ROOM


def test_ids_depend_on_the_name_alone() -> None:
    name = world_name("demo")
    assert open_world(name, RICH, START).first_id == open_world(name, POOR, START + DAY).first_id


def test_worlds_ids_mostly_differ() -> None:
    firsts = [open_world(world_name(f"token-{number}"), RICH, START).first_id for number in range(200)]
    alike = [pair for pair in combinations(firsts, 2) if pair[0] == pair[1]]
    assert len(alike) <= 3
    assert all(abs(one - other) >= ROOM for one, other in combinations(set(firsts), 2))


def test_a_world_starts_as_its_account_says() -> None:
    world = open_world("0" * 32, Account(7, 9, used_today=3, generation_seconds=1.5), START)
    assert (world.credits, world.daily_limit, world.used, world.generation_seconds) == (7, 9, 3, 1.5)
    assert (world.day, world.lock, world.running, world.images, world.made) == (START // DAY, None, (), (), 0)


def test_what_was_used_before_counts_for_the_first_day_only() -> None:
    world = open_world("0" * 32, Account(7, 9, used_today=3), START)
    assert world.settled(START).used == 3
    assert world.settled(START + DAY).used == 0


def test_a_locked_account_is_locked_for_ever() -> None:
    world = open_world("0" * 32, Account(7, 9, locked=True), START)
    assert world.lock == Lock("somebody else", None)
