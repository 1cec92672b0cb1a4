"""Left out of a reissue: accounts that a mock's control prepared, and generations that failed."""

from contract_tests.comparison.leaving_out import reason_to_leave_out, reasons_of_failures
from support.exchanges import check, exchange, made

ERROR = {"status": "error", "message": "It failed."}


def test_an_account_that_the_control_of_a_mock_prepared_is_left_out() -> None:
    assert reason_to_leave_out(made(1, 0, 1, "fresh")) == "the control API of a mock prepared its account"
    assert reason_to_leave_out(made(1, 0, 1)) is None


def test_a_failed_generation_is_left_out_with_the_calls_that_met_its_lock() -> None:
    failed = exchange(1, "generateImage", 0, 2, 200, ERROR)
    calls = [failed, check(2, 1, 409), check(3, 5, 409), check(4, 11, 200), check(5, 30, 409)]
    assert [number for number, _ in reasons_of_failures(calls)] == [1, 2, 3]


def test_a_lock_that_a_served_generation_explains_is_compared() -> None:
    failed = exchange(1, "generateImage", 0, 2, 200, ERROR)
    calls = [failed, made(2, 3, 4), check(3, 3.5, 409)]
    assert [number for number, _ in reasons_of_failures(calls)] == [1]


def test_a_refusal_with_200_is_compared() -> None:
    refused = exchange(1, "generateImage", 0, 2, 200, ERROR, fields={"image_number_of_images": 0})
    assert list(reasons_of_failures([refused, check(2, 1, 409)])) == []
