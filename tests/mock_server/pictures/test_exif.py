"""The orientation in EXIF data."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mock_server.pictures.exif import ORIENTATIONS, orientation


def written(value: int, order: str = "<") -> bytes:
    exif = Image.Exif()
    exif.endian = order
    exif[0x010F], exif[0x0112] = "a maker", value
    return exif.tobytes()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", ORIENTATIONS)
def test_the_orientation_is_read_in_both_byte_orders(value: int, order: str) -> None:
    assert orientation(written(value, order)) == value
    assert orientation(written(value, order).removeprefix(b"Exif\0\0")) == value


@pytest.mark.parametrize("value", [0, 9, 65_535])
def test_an_orientation_that_does_not_exist_is_upright(value: int) -> None:
    assert orientation(written(value)) == 1


def test_an_orientation_of_another_type_is_upright() -> None:
    def of_type(kind: int) -> bytes:
        return b"II*\0" + struct.pack("<IHHHIH", 8, 1, 0x0112, kind, 1, 6)

    assert (orientation(of_type(3)), orientation(of_type(4))) == (6, 1)


@given(st.binary(max_size=60), st.sampled_from([b"", b"II*\0", b"MM\0*", b"Exif\0\0II*\0\x08\0\0\0"]))
def test_any_bytes_have_an_orientation(rest: bytes, head: bytes) -> None:
    assert orientation(head + rest) in ORIENTATIONS
