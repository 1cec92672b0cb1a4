from concurrent.futures import ThreadPoolExecutor

import pytest

from contract_tests.client.budget import Purse
from contract_tests.errors import PurseEmptyError


def test_counts_what_was_spent_and_releases_the_rest() -> None:
    purse = Purse(5)
    reservation = purse.reserve(3)
    assert (purse.left, purse.spent) == (2, 0)
    reservation.settle(1)
    assert (purse.left, purse.spent) == (4, 1)


def test_refuses_what_does_not_fit() -> None:
    purse = Purse(2)
    purse.reserve(2)
    with pytest.raises(PurseEmptyError, match="may cost 1 credit and 0 of 2 are left"):
        purse.reserve(1)


def test_settles_once() -> None:
    purse = Purse(5)
    reservation = purse.reserve(2)
    reservation.settle(2)
    reservation.settle(0)
    assert (purse.left, purse.spent) == (3, 2)


def test_an_account_without_credits_takes_what_is_left() -> None:
    purse = Purse(1)
    purse.reserve(2, penniless=True).settle(0)
    assert purse.left == 1
    purse.reserve(2, penniless=True).settle(2)
    assert (purse.spent, purse.left) == (2, 0)
    with pytest.raises(PurseEmptyError):
        purse.reserve(1)


def test_a_price_that_was_seen_counts_from_then_on() -> None:
    purse = Purse(5)
    purse.reserve(1).settle(1)
    purse.observe(1, 2)
    assert (purse.spent, purse.left) == (2, 3)
    purse.reserve(1).settle(1)
    purse.observe(1, 2)
    assert purse.spent == 4
    with pytest.raises(PurseEmptyError, match=r"may cost 2 credits and 1 of 5 are left .* charge 2 credits an image"):
        purse.reserve(1)


def test_images_that_cost_nothing_count_as_nothing() -> None:
    purse = Purse(2)
    purse.reserve(2).settle(2)
    purse.observe(2, 0)
    assert (purse.spent, purse.images, purse.price) == (0, 2, 1)


def test_a_price_found_out_late_counts_for_all_that_was_made() -> None:
    purse = Purse(9)
    purse.reserve(3).settle(3)
    purse.learn_price(2)
    purse.learn_price(1)
    assert (purse.spent, purse.left, purse.price) == (6, 3, 2)


def test_images_of_the_day_have_a_cap_of_their_own() -> None:
    purse = Purse(9, images_cap=3)
    purse.reserve(2).settle(2)
    with pytest.raises(PurseEmptyError, match="may make 2 images, and 2 of the 3 images of the day"):
        purse.reserve(2)


def test_never_gives_out_more_than_it_has_to_many_threads() -> None:
    purse = Purse(50)

    def try_to_spend(_: int) -> int:
        try:
            purse.reserve(1).settle(1)
        except PurseEmptyError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_spend, range(200))) == 50
    assert purse.spent == 50
