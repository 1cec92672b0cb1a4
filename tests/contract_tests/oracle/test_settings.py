"""The settings as the suite reads them from the rules."""

import pytest

from contract_tests.oracle.settings import load_settings


def test_every_default_is_a_value_that_its_setting_takes() -> None:
    assert [name for name, setting in load_settings().items() if not setting.accepts(setting.default)] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lock_release", "never"),
        ("invalid_status", "422"),
        ("refusal_order", ["invalid", "locked"]),
        ("queued_engines", ["dall-e"]),
        ("absent_engines", ["daguerreotype"]),
        ("max_images", 0),
        ("max_images", True),
        ("lock_seconds", float("inf")),
        ("daily_reset", "25:00"),
        ("generation_seconds", {"dall-e": "2"}),
        ("versions", {"dall-e": 3}),
        ("default_size", "large"),
    ],
)
def test_another_value_is_refused(name: str, value: object) -> None:
    assert not load_settings()[name].accepts(value)


def test_the_values_of_lists_are_all_subsets_and_those_of_orders_all_permutations() -> None:
    assert len(load_settings()["queued_engines"].values) == 2**3
    assert len(load_settings()["absent_engines"].values) == 2**5
    assert len(load_settings()["refusal_order"].values) == 24
    assert load_settings()["max_images"].values == ()
