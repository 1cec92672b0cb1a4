"""Identifiers of both sides, bound one to one by field."""

from contract_tests.comparison.bindings import Bindings


def test_equal_values_stay_equal_and_different_ones_different() -> None:
    bindings = Bindings()
    assert bindings.bind("id", 1, 501)
    assert bindings.bind("id", 1, 501)
    assert not bindings.bind("id", 1, 502)
    assert not bindings.bind("id", 2, 501)
    assert bindings.bind("id", 2, 502)


def test_equal_values_of_different_fields_are_independent() -> None:
    bindings = Bindings()
    assert bindings.bind("id", "7", "8")
    assert bindings.bind("title", "7", "9")
    assert bindings.reissued("id", "7") == "8"
    assert bindings.recorded("title", "9") == "7"
    assert bindings.reissued("output", "7") is None
