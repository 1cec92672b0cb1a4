"""Bodies under a wrong label."""

from mock_server.faults.reply import WrongContentType
from mock_server.faults.transmission import whole

REPLY = whole(200, b"{}", "application/json")


def test_json_comes_as_html() -> None:
    sent = WrongContentType().transmit(REPLY)
    assert sent.headers == {**REPLY.headers, "content-type": "text/html; charset=utf-8"}
    assert (sent.status, sent.body, sent.ending) == (200, b"{}", "complete")


def test_another_type_can_be_named() -> None:
    sent = WrongContentType(media_type="text/plain").transmit(REPLY)
    assert sent.headers["content-type"] == "text/plain"
