"""The description of a picture."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.pictures import Picture

FOX = Picture("dall-e", "a fox", (64, 48), id=1, seed=7)


@settings(deadline=None)
@given(st.text(), st.integers(), st.integers(min_value=0))
def test_the_fractions_lie_between_0_and_1_and_depend_on_the_picture_alone(prompt: str, seed: int, number: int) -> None:
    picture = replace(FOX, prompt=prompt, seed=seed, id=number)
    assert len(picture.fractions()) == 64
    assert all(0 <= fraction <= 1 for fraction in [*picture.fractions(), picture.hue])
    assert picture.fractions() == replace(picture).fractions()


@settings(deadline=None)
@given(st.integers(0, 10**6))
def test_successive_ids_lie_far_apart_in_hue(number: int) -> None:
    distance = abs(replace(FOX, id=number).hue - replace(FOX, id=number + 1).hue)
    assert min(distance, 1 - distance) > 0.3


def test_prompt_engine_seed_and_id_each_change_the_fractions() -> None:
    others = [replace(FOX, prompt="a cat"), replace(FOX, engine="other"), replace(FOX, seed=8), replace(FOX, id=2)]
    assert len({tuple(picture.fractions()) for picture in [FOX, *others]}) == 5


def test_a_lone_surrogate_in_the_prompt_is_hashed_too() -> None:
    assert 0 <= replace(FOX, prompt="\ud800").hue <= 1


def test_the_size_is_written_with_an_x() -> None:
    assert FOX.dimensions == "64x48"


def test_a_picture_is_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        FOX.id = 2  # type: ignore[misc]
