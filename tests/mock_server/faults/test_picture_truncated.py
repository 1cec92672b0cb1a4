"""Pictures that break off."""

from mock_server.faults.pictures import PictureTruncated
from mock_server.faults.transmission import whole

PICTURE = whole(200, bytes(range(100)), "image/png")


def test_a_truncated_picture_breaks_off_under_the_length_of_the_whole() -> None:
    sent = PictureTruncated(share=0.1).transmit(PICTURE)
    assert (sent.status, sent.body, sent.ending) == (200, bytes(range(10)), "closed")
    assert sent.headers == PICTURE.headers


def test_half_of_it_is_the_default() -> None:
    assert len(PictureTruncated().transmit(PICTURE).body) == 50
