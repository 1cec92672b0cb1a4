"""The images and numbers that are the same in two replies."""

from contract_tests.oracle.images import common_part, documented, same

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
