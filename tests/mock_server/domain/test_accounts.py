"""The account that a token opens, and the first state of its world."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mock_server.domain.accounts import Account, Accounts, masked, open_world, world_name
from mock_server.domain.clock import DAY
from mock_server.domain.settling import advance_to
from mock_server.domain.timepiece import Timepiece
from mock_server.domain.world import FaultPlan, Lock, World
from support.clocks import START
from support.sandbox import BEHAVIOUR

RICH, POOR = Account(100, 50), Account(0, 50)
REFUSED = Account(100, 50, valid=False)
LISTED = {"poor": POOR, "refused": REFUSED}
OPEN = Accounts(LISTED, RICH)
CLOSED = Accounts(LISTED, RICH, closed=True)
IDS_BELOW = 2**31
ROOM = 10_000


def opened(name: str, account: Account = RICH, now: int = START) -> World:
    return open_world(name, account, now, BEHAVIOUR)


def test_a_listed_token_opens_its_account() -> None:
    assert OPEN.find("poor") is POOR
    assert CLOSED.find("poor") is POOR


def test_any_other_token_opens_a_fresh_account() -> None:
    assert OPEN.find("any-token") is RICH


def test_no_other_token_is_valid_when_closed() -> None:
    assert CLOSED.find("any-token") is None


def test_an_account_can_be_listed_as_invalid() -> None:
    assert OPEN.find("refused") is None
    assert CLOSED.find("refused") is None


@pytest.mark.parametrize(
    ("account", "able"),
    [
        (RICH, True),
        (POOR, False),
        (REFUSED, False),
        (Account(100, 50, used_today=50), False),
        (Account(1, 50, used_today=49), True),
        (Account(100, 50, lock=Lock("another client", None)), False),
    ],
)
def test_an_account_is_able_if_its_first_state_allows_a_generation(account: Account, able: bool) -> None:
    assert account.able == able
    assert Accounts({"poor": POOR, "other": account}, RICH, closed=True).able() == ("other" if able else None)


def test_any_other_token_is_offered_if_no_listed_account_is_able() -> None:
    assert OPEN.able() == "any-token"
    assert CLOSED.able() is None
    assert Accounts(LISTED, POOR).able() is None


def test_tokens_are_case_sensitive() -> None:
    assert CLOSED.find("Poor") is None


@pytest.mark.parametrize("accounts", [OPEN, CLOSED])
def test_a_change_of_all_accounts_includes_those_that_are_opened_later(accounts: Accounts) -> None:
    changed = accounts.changed(lambda account: replace(account, lock=Lock("another client", None)))
    assert changed.find("poor") == replace(POOR, lock=Lock("another client", None))
    assert changed.find("any-token") == (None if accounts.closed else replace(RICH, lock=Lock("another client", None)))
    assert changed.find("refused") is None
    assert accounts.find("poor") is POOR


@given(st.text(min_size=8))
def test_the_name_of_a_world_does_not_reveal_the_token(token: str) -> None:
    name = world_name(token)
    assert len(name) == 16
    assert set(name) <= set("0123456789abcdef")
    assert token not in name


@given(st.text(max_size=8), st.text(max_size=8))
def test_each_token_has_its_own_world(one: str, other: str) -> None:
    assert (world_name(one) == world_name(other)) == (one == other)


def test_the_name_of_a_world_is_the_same_in_every_run() -> None:
    assert world_name("demo") == "53f159799d1c9199"


@pytest.mark.parametrize(
    ("token", "shown"),
    [
        ("", "***"),
        ("ab", "***"),
        ("abc", "a***"),
        ("demo", "d***"),
        ("demo-empty", "dem***"),
        ("sk-0123456789abcdef", "sk-0***"),
    ],
)
def test_a_token_is_masked_after_its_first_characters(token: str, shown: str) -> None:
    assert masked(token) == shown


@given(st.text(min_size=1))
def test_a_masked_token_shows_at_most_a_third_and_four_characters(token: str) -> None:
    shown = masked(token).removesuffix("***")
    assert token.startswith(shown)
    assert len(shown) <= min(len(token) / 3, 4)


@given(st.text())
def test_ids_fit_into_32_bits_for_any_token(token: str) -> None:
    assert 1 <= opened(world_name(token)).first_id <= IDS_BELOW - ROOM


@pytest.mark.parametrize("name", ["0" * 16, "f" * 16, f"{20_999_999:08x}{'0' * 8}", f"{21_000_000:08x}{'0' * 8}"])
def test_ids_fit_into_32_bits_at_the_edges(name: str) -> None:
    assert 1 <= opened(name).first_id <= IDS_BELOW - ROOM


def test_ids_depend_on_the_name_alone() -> None:
    name = world_name("demo")
    assert opened(name, RICH).first_id == opened(name, POOR, START + DAY).first_id


def test_ids_of_different_worlds_differ() -> None:
    firsts = [opened(world_name(f"token-{number}")).first_id for number in range(200)]
    assert all(abs(one - other) >= 100 for one, other in combinations(firsts, 2))


def test_a_world_starts_with_the_values_of_its_account() -> None:
    faults = (FaultPlan("slow", ("generateImage",)),)
    world = opened("0" * 16, Account(7, 9, used_today=3, generation_seconds=1.5, faults=faults))
    assert (world.credits, world.daily_limit, world.used, world.generation_seconds) == (7, 9, 3, 1.5)
    assert (world.day, world.lock, world.running, world.images, world.made) == (START // DAY, None, (), (), 0)
    assert (world.faults, world.clock) == (faults, Timepiece())


def test_a_world_has_its_masked_token() -> None:
    assert open_world("0" * 16, RICH, START, BEHAVIOUR, "dem***").token == "dem***"


def test_initial_usage_counts_for_the_first_day_only() -> None:
    world = opened("0" * 16, Account(7, 9, used_today=3))
    assert advance_to(world, START, BEHAVIOUR).used == 3
    assert advance_to(world, START + DAY, BEHAVIOUR).used == 0


@pytest.mark.parametrize("daily_reset", ["00:00", "06:30", "23:59"])
@pytest.mark.parametrize("stopped_at", [None, START - 3 * DAY, START + 40 * DAY])
def test_initial_usage_counts_for_the_day_of_the_worlds_clock(daily_reset: str, stopped_at: int | None) -> None:
    behaviour = replace(BEHAVIOUR, daily_reset=daily_reset)
    world = open_world("0" * 16, Account(7, 9, used_today=3, stopped_at=stopped_at), START, behaviour)
    assert world.clock.at(START + 5) == (START + 5 if stopped_at is None else stopped_at)
    assert advance_to(world, world.clock.at(START), behaviour) == world


def test_a_locked_account_stays_locked() -> None:
    assert opened("0" * 16, Account(7, 9, lock=Lock("another client", None))).lock == Lock("another client", None)
