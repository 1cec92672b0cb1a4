"""Faults of pictures."""

import json

from mock_server.app import contract
from mock_server.faults import Target
from mock_server.faults.pictures import PictureMissing, PictureSlow, PictureTruncated
from mock_server.faults.transmission import whole

PICTURE = whole(200, bytes(range(100)), "image/png")


def test_a_missing_picture_is_the_documents_404() -> None:
    answer = PictureMissing().early_reply(Target(contract(), "getPicture"))
    assert (answer.status, json.loads(answer.body)) == (404, contract().fallbacks[404].example)


def test_a_truncated_picture_keeps_the_length_of_the_whole() -> None:
    sent = PictureTruncated(share=0.1).change_reply(PICTURE)
    assert (sent.status, sent.body, sent.ending) == (200, bytes(range(10)), "closed")
    assert sent.headers == PICTURE.headers


def test_a_truncated_picture_is_cut_in_half_by_default() -> None:
    assert len(PictureTruncated().change_reply(PICTURE).body) == 50


def test_a_slow_picture_comes_in_parts() -> None:
    sent = PictureSlow(seconds=3, parts=4).change_reply(whole(200, bytes(range(100)), "image/png"))
    assert [(len(part.data), part.after) for part in sent.parts] == [(25, 0), (25, 1), (25, 1), (25, 1)]
    assert sent.body == bytes(range(100))
