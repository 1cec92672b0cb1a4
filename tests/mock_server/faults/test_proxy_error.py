"""Error pages of a proxy."""

from typing import Literal

import pytest

from mock_server.app import contract
from mock_server.faults import Target
from mock_server.faults.request import ProxyError


@pytest.mark.parametrize(
    ("code", "title"), [(502, "502 Bad Gateway"), (503, "503 Service Unavailable"), (504, "504 Gateway Timeout")]
)
def test_the_answer_is_a_page_in_html(code: Literal[502, 503, 504], title: str) -> None:
    answer = ProxyError(code=code).answer(Target(contract(), "getVersions"))
    assert (answer.status, answer.headers["content-type"]) == (code, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.body.decode()
    assert f"<title>{title}</title>" in answer.body.decode()
    assert int(answer.headers["content-length"]) == len(answer.body)


def test_a_bad_gateway_is_the_default() -> None:
    assert ProxyError().answer(Target(contract(), "generateImage")).status == 502
