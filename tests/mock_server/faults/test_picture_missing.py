"""Pictures that are not there."""

import json

from mock_server.app import contract
from mock_server.faults import Target
from mock_server.faults.pictures import PictureMissing


def test_a_missing_picture_is_404_as_the_document_has_it() -> None:
    answer = PictureMissing().answer(Target(contract(), "getPicture"))
    assert (answer.status, json.loads(answer.body)) == (404, contract().fallbacks[404].example)
