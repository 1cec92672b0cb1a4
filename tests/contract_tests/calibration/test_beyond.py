"""Requests beyond one limit, whose refusals name others."""

import pytest

from support.in_process import Measured, measured

NAME = "requests beyond a limit, primary"


def conducted(cap: int = 3, **ways: str) -> Measured:
    found = measured(cap=cap, ways=ways)
    found.conduct(NAME)
    return found


def test_it_names_engines_sizes_and_counts_at_no_cost() -> None:
    found = conducted(engines_not_offered="ideogram", size_not_offered="512x512", images_at_once="2")
    expected = {
        "ideogram offered, beyond another limit": False,
        "512x512 offered, beyond another limit": False,
        "2 images at once, beyond another limit": True,
        "3 images at once, beyond another limit": False,
        "limit_status": 422,
        "limit_body": "errors",
    }
    assert {name: found.shown().get(name) for name in expected} == expected
    assert all(found.samples(name) >= 2 for name in expected)
    assert found.charged == found.measurement.run.budget.spent == 0


def test_a_number_of_images_that_is_not_named_is_accepted_only_if_a_larger_one_is_named() -> None:
    assert not [name for name in conducted().shown() if "images at once" in name]


def test_parameters_that_are_not_named_are_not_stated() -> None:
    found = conducted(engines_not_offered="ideogram")
    assert not [name for name, outcome in found.shown().items() if "beyond" in name and outcome]


@pytest.mark.parametrize("order", ["no-credits locked daily-limit invalid", "locked daily-limit no-credits invalid"])
def test_it_does_not_matter_what_is_checked_before_the_parameters(order: str) -> None:
    found = conducted(engines_not_offered="flux-pro", order_of_refusals=order)
    assert found.shown()["flux-pro offered, beyond another limit"] is False


def test_no_more_images_are_requested_than_the_cap_allows() -> None:
    found = conducted(cap=2, images_at_once="1")
    assert "2 images at once, beyond another limit" in found.shown()
    assert "3 images at once, beyond another limit" not in found.shown()


@pytest.mark.parametrize("way", ["403", "message only"])
def test_a_service_that_names_nothing_is_asked_once(way: str) -> None:
    found = conducted(limits_answered=way, engines_not_offered="ideogram")
    assert not any("beyond" in name for name in found.shown())
    assert found.shown()["limit_status"] == (403 if way == "403" else 422)
    assert found.measurement.run.transport.requests <= 3


def test_an_engine_that_is_named_is_not_used_any_more() -> None:
    found = conducted(engines_not_offered="all but stablediffusion")
    assert found.measurement.run.samples.simplest["image_generator"] == "stablediffusion"


@pytest.mark.parametrize(
    ("ways", "allowed"),
    [({}, True), ({"invalid": "200 with status: error"}, False), ({"limits_answered": "200"}, False)],
)
def test_a_service_that_refuses_with_200_is_not_asked(ways: dict[str, str], *, allowed: bool) -> None:
    found = measured("empty", ways=ways, images_at_once="2")
    found.conduct("invalid request")
    if "limits_answered" in ways:
        found.conduct("bound, max_images, empty")
    experiments = {each.name: each for each in found.measurement.experiments}
    assert found.conductor.allows(experiments[NAME]) == allowed
    assert found.conductor.allows(experiments["unknown path"])
