"""The images and numbers that are the same in two replies, and images that lead to the same picture."""

from typing import Any

import pytest

from contract_tests.oracle.images import common_part, contradiction, documented, same, shared_addresses

IMAGE = {"id": 3, "title": "a.png", "input": "A crane", "output": "uploads/a.png"}


def test_a_queued_image_is_the_same_when_its_picture_has_replaced_the_placeholder() -> None:
    listed = {**IMAGE, "output": "uploads/b.png"}
    assert not same(common_part(IMAGE), listed)
    assert same(common_part(IMAGE, queues=True), listed)
    assert not same(common_part(IMAGE, queues=True), {**listed, "title": "b.png"})


def test_a_number_is_the_same_in_either_form() -> None:
    assert str(documented({**IMAGE, "id": 3.0})["id"]) == "3"
    assert documented({**IMAGE, "id": 3.5})["id"] == 3.5


def test_a_field_that_the_list_lacks_is_not_the_same() -> None:
    assert not same(common_part(IMAGE), {name: value for name, value in IMAGE.items() if name != "output"})


def images(*outputs: str) -> list[dict[str, Any]]:
    return [{"id": number, "title": "Image", "output": output} for number, output in enumerate(outputs)]


@pytest.mark.parametrize(
    "outputs", [(), ("a.png",), ("a.png", "b.png"), ("a.png?v=1", "a.png?v=2"), ("a.png", "http://h/a.png"), ("a", "A")]
)
def test_images_at_other_addresses_share_none(outputs: tuple[str, ...]) -> None:
    assert not shared_addresses(images(*outputs))


@pytest.mark.parametrize(
    "outputs", [("a.png", "a.png"), ("/a.png", "a.png"), ("a.png#1", "a.png#2"), ("b.png", "a.png", "c.png", "a.png")]
)
def test_images_at_one_address_share_it(outputs: tuple[str, ...]) -> None:
    assert [len(those) for those in shared_addresses(images(*outputs)).values()] == [2]


def test_a_contradiction_names_the_fields_and_not_their_values() -> None:
    assert contradiction(IMAGE, IMAGE) == ""
    assert contradiction(IMAGE, {**IMAGE, "title": "b.png", "output": "uploads/b.png"}) == "another title and output"
    assert contradiction(IMAGE, None) == "no such image"
