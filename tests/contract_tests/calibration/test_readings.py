"""Readings: what is left of a product of values after some outcomes."""

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.calibration.readings import Question, Range, Remaining, all_readings, hypotheses, shows
from contract_tests.oracle.settings import load_settings

VALUES = {"a": (0, 1, 2), "b": (0, 1, 2, 3), "c": ("x", "y")}
SUM = Question("sum", ("a", "b"), lambda reading: reading["a"] + reading["b"])
QUESTIONS = st.lists(st.sampled_from([SUM, shows("c"), Question("parity", ("b",), lambda reading: reading["b"] % 2)]))


def whole() -> Remaining:
    return all_readings(VALUES)


def test_all_readings_are_the_product_of_the_values() -> None:
    assert whole().count == 24


def test_an_outcome_keeps_the_readings_that_predict_it() -> None:
    left = whole().after(SUM, 5)
    assert left is not None
    assert (left.values("a"), left.values("b"), left.values("c")) == ((2,), (3,), ("x", "y"))


def test_an_outcome_that_no_reading_predicts_leaves_nothing() -> None:
    assert whole().after(SUM, 6) is None


def test_settings_that_an_outcome_connects_stay_together() -> None:
    left = whole().after(SUM, 2)
    assert left is not None
    assert left.count == 3 * 2
    left = left.after(shows("a"), 2)
    assert left is not None
    assert left.values("b") == (0,)


def test_information_is_the_entropy_of_the_outcomes() -> None:
    assert whole().information(shows("b")) == 2
    assert whole().information(Question("certain", ("a",), lambda _: "same")) == 0


def test_a_range_predicts_the_numbers_in_it() -> None:
    space = all_readings({"limit": (Range(1, 4), Range(5, 9))})
    left = space.after(shows("limit"), 5)
    assert left is not None
    assert left.values("limit") == (Range(5, 9),)
    assert space.after(shows("limit"), 10) is None


@given(st.tuples(st.sampled_from(VALUES["a"]), st.sampled_from(VALUES["b"]), st.sampled_from(VALUES["c"])), QUESTIONS)
def test_the_true_reading_is_never_removed(truth: tuple[object, ...], asked: list[Question]) -> None:
    reading, left = dict(zip(VALUES, truth, strict=True)), whole()
    for question in asked:
        after = left.after(question, question.predict(reading))
        assert after is not None
        left = after
    assert all(reading[name] in left.values(name) for name in VALUES)


def test_every_setting_with_a_list_of_values_has_hypotheses() -> None:
    listed = [name for name, setting in load_settings().items() if setting.values]
    space = hypotheses(listed)
    assert all(load_settings()[name].accepts(value) for name in listed for value in space.values(name))
