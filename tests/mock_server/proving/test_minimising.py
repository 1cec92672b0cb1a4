"""Delta debugging."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from mock_server.proving.minimising import minimise


@given(st.integers(1, 40), st.data())
def test_the_rest_fails_and_nothing_can_be_removed(length: int, data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.integers(0, length - 1), min_size=1, max_size=4))
    assert set(minimise(range(length), lambda part: needed <= set(part))) == needed


@given(st.lists(st.sets(st.integers(0, 20), min_size=1, max_size=3), min_size=1, max_size=3))
def test_one_of_several_causes_remains(causes: list[set[int]]) -> None:
    found = set(minimise(range(21), lambda part: any(cause <= set(part) for cause in causes)))
    assert found in causes
    assert not any(cause < found for cause in causes)


def test_a_single_cause_is_found_in_few_runs() -> None:
    runs = 0

    def fails(part: Sequence[int]) -> bool:
        nonlocal runs
        runs += 1
        return 17 in part

    assert list(minimise(range(34), fails)) == [17]
    assert runs <= 12
