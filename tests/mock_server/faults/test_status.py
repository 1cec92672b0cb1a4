"""Documented replies on demand."""

import json

import pytest

from mock_server.app import contract
from mock_server.faults import FaultError, Target
from mock_server.faults.request import Status

DOCUMENTED = [
    (operation.id, status)
    for operation in contract().operations
    for status in [*operation.responses, *contract().fallbacks]
]


@pytest.mark.parametrize(("operation", "code"), DOCUMENTED)
def test_every_documented_status_is_answered_as_the_document_has_it(operation: str, code: int) -> None:
    answer = Status(code=code).answer(Target(contract(), operation))
    responses = next(each.responses for each in contract().operations if each.id == operation)
    documented = responses.get(code) or contract().fallbacks[code]
    assert (answer.status, answer.ending, answer.headers["content-type"]) == (code, "complete", "application/json")
    assert json.loads(answer.body) == documented.example
    assert documented.complaint(json.loads(answer.body), answer.headers) is None


@pytest.mark.parametrize(("operation", "allow"), [("getVersions", "GET, HEAD"), ("generateImage", "POST")])
def test_405_lists_the_methods_of_the_path(operation: str, allow: str) -> None:
    assert Status(code=405).answer(Target(contract(), operation)).headers["allow"] == allow


def test_an_undocumented_status_is_refused_with_those_that_there_are() -> None:
    known = ", ".join(map(str, sorted({200, 401, *contract().fallbacks})))
    with pytest.raises(FaultError, match=f"^getVersions has no documented status 409, but {known}$"):
        Status(code=409).answer(Target(contract(), "getVersions"))


def test_a_picture_can_only_be_missing() -> None:
    picture = Target(contract(), "getPicture")
    assert Status(code=404).answer(picture).status == 404
    with pytest.raises(FaultError, match=r"^getPicture has no documented status 405, but 404$"):
        Status(code=405).answer(picture)
