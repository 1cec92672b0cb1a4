"""Numbers with their units, in singular and plural."""

import pytest

from contract_tests.oracle.facts import counted


@pytest.mark.parametrize(("number", "text"), [(0, "0 credits"), (1, "1 credit"), (2, "2 credits"), (-1, "-1 credits")])
def test_only_one_is_singular(number: int, text: str) -> None:
    assert counted(number, "credit") == text


def test_an_irregular_plural_can_be_given() -> None:
    texts = [counted(number, "finding is gone", "findings are gone") for number in (1, 2)]
    assert texts == ["1 finding is gone", "2 findings are gone"]
