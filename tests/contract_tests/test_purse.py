from concurrent.futures import ThreadPoolExecutor

import pytest

from contract_tests.errors import PurseEmptyError
from contract_tests.purse import Purse


def test_counts_what_was_spent_and_releases_the_rest() -> None:
    purse = Purse(5)
    reservation = purse.reserve(3)
    assert (purse.left, purse.spent) == (2, 0)
    reservation.settle(1)
    assert (purse.left, purse.spent) == (4, 1)


def test_refuses_what_does_not_fit() -> None:
    purse = Purse(2)
    purse.reserve(2)
    with pytest.raises(PurseEmptyError, match="may cost 1 credits and 0 of 2 are left"):
        purse.reserve(1)


def test_settles_once() -> None:
    purse = Purse(5)
    reservation = purse.reserve(2)
    reservation.settle(2)
    reservation.settle(0)
    assert (purse.left, purse.spent) == (3, 2)


def test_charges_what_nobody_reserved() -> None:
    purse = Purse(1)
    purse.charge(2)
    assert purse.spent == 2
    with pytest.raises(PurseEmptyError):
        purse.reserve(1)


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
