"""The exchanges that a budget allows."""

from msgspec import structs

from contract_tests.comparison.selection import select
from contract_tests.recordings.model import RecordedExchange
from support.exchanges import check, exchange, made, refused
from support.recorded import FLUX


def numbers(cap: int, *exchanges: RecordedExchange) -> list[int]:
    return [each.number for each in select(exchanges, cap).chosen]


def test_everything_is_chosen_that_fits() -> None:
    chosen = select([made(1, 0, 1), made(2, 2, 3, image_number_of_images=2), refused(3, 4, 409)], 9)
    assert (len(chosen.chosen), chosen.usual_cost, chosen.cost) == (3, 3, 4)


def test_calls_without_costs_are_always_chosen() -> None:
    free = [check(1, 0, 200), refused(3, 5, 422, size="7x7"), refused(4, 6, 419, "empty")]
    assert numbers(0, *free, made(2, 1, 2)) == [1, 3, 4]


def test_a_kind_that_is_new_is_worth_more_than_a_repetition() -> None:
    assert numbers(2, made(1, 0, 1), made(2, 20, 21), made(3, 40, 41, **FLUX)) == [1, 3]


def test_an_exchange_is_chosen_with_those_that_it_needs() -> None:
    generation, picture = made(1, 0, 1), exchange(3, "picture", 2, 3)
    request = structs.replace(picture.request, target="uploads/10.png")
    needing = [generation, check(2, 0.5, 409), structs.replace(picture, request=request)]
    assert numbers(0, *needing) == []
    assert numbers(1, *needing) == [1, 2, 3]


def test_a_refusal_by_a_quota_needs_all_that_used_it_up() -> None:
    three = [made(1, 0, 1, "low"), made(2, 20, 21, "low"), refused(3, 40, 419, "low")]
    assert numbers(2, *three) == []
    assert numbers(3, *three) == [1, 2, 3]


def test_the_selection_of_a_recording_is_always_the_same() -> None:
    exchanges = [made(number, number * 20, number * 20 + 1) for number in range(1, 9)]
    assert len({tuple(numbers(3, *exchanges)) for _ in range(20)}) == 1
