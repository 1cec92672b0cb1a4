"""Freedoms and draws: what they cover, that a seed repeats a draw, and how an accusation is reduced."""

import pytest

from contract_tests.oracle.resources import load_rules
from contract_tests.wrong_servers.drawn.document import engines, forms, listed_sizes, queueing
from contract_tests.wrong_servers.drawn.drawing import Draw, draw, from_names, named, smallest
from contract_tests.wrong_servers.drawn.freedoms import all_freedoms

# Assumptions that no test of the suite decides.
UNCOVERED = frozenset({"FORBIDDEN", "SANDBOX", "STATUS-ERROR", "VERSIONING"})


def test_every_assumption_has_a_freedom_that_contradicts_it() -> None:
    covered = frozenset[str]().union(
        *(way.differs | way.may for freedom in all_freedoms().values() for way in freedom.ways)
    )
    assumptions = {rule.id for rule in load_rules().values() if not rule.documented}
    assert assumptions - covered == UNCOVERED
    assert covered <= assumptions


@pytest.mark.parametrize("freedom", all_freedoms().values(), ids=lambda freedom: freedom.name)
def test_the_ways_of_a_freedom_have_different_names_and_the_default_differs_from_nothing(freedom: object) -> None:
    ways = all_freedoms()[getattr(freedom, "name", "")].ways
    assert len({way.name for way in ways}) == len(ways) >= 2
    assert not ways[0].may | ways[0].differs


def test_engines_and_sizes_are_those_of_the_document() -> None:
    assert {"dall-e", "stablediffusion", "flux-pro"} <= set(engines())
    assert set(queueing()) == {"flux-pro", "ideogram", "flux-pro-kontext"}
    assert "1792x1024" in listed_sizes()
    assert [form.types for form in forms() if form.needs_source] == [("image-to-image", "upscale")]


def test_a_seed_repeats_its_draw_and_every_way_is_drawn_by_some_seed() -> None:
    assert draw(17) == draw(17)
    drawn = {(name, way.name) for seed in range(800) for name, way in draw(seed).ways.items()}
    assert drawn == {(name, way.name) for name, freedom in all_freedoms().items() for way in freedom.ways[1:]}


def test_a_draw_prints_what_is_not_the_default() -> None:
    assert str(named(error_bodies="envelope", stamps="milliseconds")) == "error bodies: envelope, stamps: milliseconds"
    assert str(Draw({})) == "every default"


def test_a_draw_adds_up_the_assumptions_that_its_ways_contradict() -> None:
    drawn = named(credits_needed="one, into debt", queued="flux-pro")
    assert drawn.differs == {"CREDIT-NEED", "CREDIT-ATOMIC"}
    assert drawn.may_differ == {"CREDIT-NEED", "CREDIT-ATOMIC", "QUEUED"}


def test_an_unknown_freedom_or_way_is_an_error() -> None:
    with pytest.raises(LookupError):
        from_names({"colour": "red"})
    with pytest.raises(LookupError):
        named(stamps="roman")


@pytest.mark.parametrize("seed", range(5))
def test_an_accusation_is_reduced_to_the_ways_that_cause_it(seed: int) -> None:
    cause = named(framing="chunked", ids="descending")
    whole = Draw({**draw(seed).ways, **cause.ways})
    reduced = smallest(whole, lambda drawn: cause.ways.items() <= drawn.ways.items())
    assert reduced.ways == cause.ways


def test_an_accusation_of_the_defaults_is_reduced_to_nothing() -> None:
    assert not smallest(draw(3), lambda _: True).ways
