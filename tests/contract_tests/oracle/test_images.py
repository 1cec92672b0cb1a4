"""Images that lead to the same picture."""

from typing import Any

import pytest

from contract_tests.oracle.images import shared_addresses


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
