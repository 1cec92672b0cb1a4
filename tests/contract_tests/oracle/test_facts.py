"""Numbers with what they count."""

import pytest

from contract_tests.oracle.facts import counted


@pytest.mark.parametrize(("number", "said"), [(0, "0 credits"), (1, "1 credit"), (2, "2 credits"), (-1, "-1 credits")])
def test_one_is_one(number: int, said: str) -> None:
    assert counted(number, "credit") == said


def test_what_has_a_plural_of_its_own() -> None:
    said = [counted(number, "finding is gone", "findings are gone") for number in (1, 2)]
    assert said == ["1 finding is gone", "2 findings are gone"]
