from concurrent.futures import ThreadPoolExecutor

import pytest

from contract_tests.client.budget import Budget
from contract_tests.errors import BudgetExceededError


def test_counts_the_spent_credits_and_releases_the_rest() -> None:
    budget = Budget(5)
    reservation = budget.reserve(3)
    assert (budget.left, budget.spent) == (2, 3)
    reservation.settle(1)
    assert (budget.left, budget.spent) == (4, 1)


def test_refuses_a_reservation_that_exceeds_the_budget() -> None:
    budget = Budget(2)
    budget.reserve(2)
    with pytest.raises(BudgetExceededError, match="may cost 1 credit and 0 of 2 are left"):
        budget.reserve(1)


def test_a_reservation_is_settled_once() -> None:
    budget = Budget(5)
    reservation = budget.reserve(2)
    reservation.settle(2)
    reservation.settle(0)
    assert (budget.left, budget.spent) == (3, 2)


def test_an_account_without_credits_needs_no_reservation() -> None:
    budget = Budget(1)
    budget.reserve(2, without_credits=True).settle(0)
    assert budget.left == 1
    budget.reserve(2, without_credits=True).settle(2)
    assert (budget.spent, budget.left) == (2, 0)
    with pytest.raises(BudgetExceededError):
        budget.reserve(1)


def test_an_observed_price_applies_to_later_reservations() -> None:
    budget = Budget(5)
    budget.reserve(1).settle(1)
    budget.observe(1, 2)
    assert (budget.spent, budget.left) == (2, 3)
    budget.reserve(1).settle(1)
    budget.observe(1, 2)
    assert budget.spent == 4
    with pytest.raises(
        BudgetExceededError, match=r"may cost 2 credits and 1 of 5 are left .* charge 2 credits an image"
    ):
        budget.reserve(1)


def test_free_images_are_not_charged() -> None:
    budget = Budget(2)
    budget.reserve(2).settle(2)
    budget.observe(2, 0)
    assert (budget.spent, budget.images, budget.price) == (0, 2, 1)


def test_a_price_learned_late_applies_to_all_images() -> None:
    budget = Budget(9)
    budget.reserve(3).settle(3)
    budget.learn_price(2)
    budget.learn_price(1)
    assert (budget.spent, budget.left, budget.price) == (6, 3, 2)


def test_images_of_the_day_have_their_own_cap() -> None:
    budget = Budget(9, images_cap=3)
    budget.reserve(2).settle(2)
    with pytest.raises(BudgetExceededError, match="may make 2 images, and 2 of the 3 images that the run may make"):
        budget.reserve(2)


def test_many_threads_never_spend_more_than_the_budget() -> None:
    budget = Budget(50)

    def try_to_spend(_: int) -> int:
        try:
            budget.reserve(1).settle(1)
        except BudgetExceededError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_to_spend, range(200))) == 50
    assert budget.spent == 50
