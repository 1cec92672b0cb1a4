"""The judgement on a run: each name is given for what its definition says, and for nothing else."""

import pytest

from mock_server.proving.judging import judge
from mock_server.proving.observed import Run
from mock_server.proving.points import points_of
from support.observations import RECORDING, fetch, image, order, run

LOST = order(1, "a", point="charged", status=None)
A, B = image("a", "a.png"), image("b", "b.png", 9)


def kinds(observed: Run, recording: Run = RECORDING) -> list[str]:
    return [each.kind for each in judge(observed, recording)]


def test_a_run_like_its_recording_is_accused_of_nothing() -> None:
    assert kinds(RECORDING) == []


def test_a_second_generation_for_one_intent_is_a_double_payment_and_nothing_else() -> None:
    again = run([LOST, order(2, "b", 5, 9), fetch(3, "b.png", 9)], [A, B])
    assert kinds(again) == ["double-payment"]
    assert "paid 2 credits for what costs 1 credit" in judge(again, RECORDING)[0].sentence


def test_two_intents_are_paid_for_twice_without_blame() -> None:
    both = run([order(1, "a"), order(2, "b", 5, 9), fetch(3, "a.png"), fetch(4, "b.png", 9)], [A, B])
    assert kinds(both, both) == []


def test_a_second_generation_that_costs_nothing_is_none() -> None:
    free = run([LOST, order(2, "b", 5, 9), fetch(3, "a.png"), fetch(4, "b.png", 9)], [A, image("b", "b.png", 9, 0)])
    assert kinds(free) == []


def test_a_client_that_finds_the_lost_image_and_fetches_it_is_accused_of_nothing() -> None:
    assert kinds(run([LOST, fetch(2, "a.png", 9)], [A])) == []


def test_a_failure_without_anything_paid_is_an_answer() -> None:
    assert kinds(run([order(1, "a", status=500)], [], "failure")) == []


def test_a_failure_with_a_paid_picture_left_is_both_lost_and_wrong() -> None:
    assert kinds(run([LOST], [A], "failure")) == ["lost-picture", "wrong-answer"]


def test_a_failure_after_every_picture_was_fetched_is_an_answer() -> None:
    """Another call may have failed."""
    assert kinds(run([order(1, "a"), fetch(2, "a.png")], [A], "failure")) == []


@pytest.mark.parametrize("nothing", [order(1, "a", status=200), order(1, "a", status=500)])
def test_a_success_without_a_picture_is_a_wrong_answer(nothing: object) -> None:
    assert kinds(run([nothing], [])) == ["wrong-answer"]  # type: ignore[list-item]


def test_nothing_returned_instead_of_something_reports_a_failure() -> None:
    assert kinds(run([order(1, "a", status=500)], [], valued=False)) == []


@pytest.mark.parametrize(
    "fetched",
    [
        fetch(2, "a.png", status=404),
        fetch(2, "a.png", complete=False),
        fetch(2, "a.png", delivered=False),
    ],
    ids=["missing", "cut short", "the client was gone"],
)
def test_a_picture_that_did_not_arrive_is_not_fetched(fetched: object) -> None:
    assert kinds(run([order(1, "a"), fetched], [A])) == ["lost-picture", "wrong-answer"]  # type: ignore[list-item]


def test_a_client_that_never_fetches_loses_its_picture_without_any_failure() -> None:
    plain = run([order(1, "a")], [A])
    assert kinds(plain, plain) == ["lost-picture"]


def test_a_picture_that_is_no_longer_reachable_is_not_lost() -> None:
    """Recent-images shows ten."""
    many = [image("a", f"{number}.png") for number in range(11)]
    requests = [order(1, "a"), *(fetch(number + 1, f"{number}.png") for number in range(1, 11))]
    assert kinds(run(requests, many), run(requests, many)) == []


@pytest.mark.parametrize("ended", ["hang", "storm"])
def test_a_client_that_was_interrupted_is_judged_by_that_alone(ended: str) -> None:
    assert kinds(run([LOST], [A], ended)) == [ended]  # type: ignore[arg-type]


def test_the_worst_comes_first() -> None:
    assert kinds(run([LOST, order(2, "b", 5, 9)], [A, B], "storm")) == ["double-payment", "storm"]
    assert "429" in points_of("generateImage")
