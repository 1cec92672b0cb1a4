"""Pictures that trickle in."""

from mock_server.faults.pictures import PictureSlow
from mock_server.faults.transmission import whole


def test_a_slow_picture_comes_in_parts() -> None:
    sent = PictureSlow(seconds=3, parts=4).transmit(whole(200, bytes(range(100)), "image/png"))
    assert [(len(part.data), part.after) for part in sent.parts] == [(25, 0), (25, 1), (25, 1), (25, 1)]
    assert sent.body == bytes(range(100))
