"""A deviation that chance found, taken again by the same steps."""

from typing import Any, cast

import pytest

from contract_tests.checks.exploration import Exploration
from contract_tests.checks.sequence import Allowance, DeviationFoundError, Sequence, Step
from contract_tests.client.call import Reply
from contract_tests.client.exchange import Exchange
from contract_tests.oracle.oracle import Deviation, Oracle


class Subject:
    """A service that reports a lock by its statuses."""

    def __init__(self, statuses: list[int]) -> None:
        self.api, self.trail = cast("Any", self), ()
        self._statuses = statuses

    def check(self) -> Reply:
        status = self._statuses.pop(0)
        return Reply(status, {}, b"{}", Exchange("GET", "http://127.0.0.1/", "primary", None, status=status))

    def begin(self, fields: Any) -> Any:
        raise AssertionError(f"nothing is generated here: {fields}")

    def close(self) -> None:
        """There is nothing to close."""


@pytest.mark.parametrize(("later", "found_again"), [(409, True), (200, False)])
def test_a_deviation_counts_if_the_same_steps_show_it_again(later: int, found_again: bool) -> None:
    statuses = [409, later]
    exploration = Exploration(lambda *_: Sequence(Subject(statuses), Oracle(complete=True), Allowance(2)), mocked=True)
    sequence = exploration.begin(2, 2, 0)
    with pytest.raises(DeviationFoundError) as caught:
        sequence.take(Step("check"))
    exploration.note(caught.value, (2, 2, 0))
    again = exploration.repeated(caught.value)
    assert (again is not None) == found_again
    if again:
        assert again.deviation == Deviation("LOCK-CHECK", caught.value.deviation.expected, "409")
        assert again.steps == (Step("check"),)
