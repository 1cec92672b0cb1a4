"""What the control API answers with, whatever it is sent."""

import pytest

from support.control import ask, told
from support.mock import Mock


def test_unknown_paths_are_answered_in_json(mock: Mock) -> None:
    for path in ("/nothing", "/worlds/demo/nothing", "/worlds/demo/clock/", "/health/", "/line%0Abreak"):
        reply = ask(mock, "GET", path)
        assert reply.status_code == 404
        assert reply.json()["message"].startswith("There is no /_mock/")


def test_what_is_unknown_under_the_prefix_is_no_request_of_the_emulated_api(mock: Mock) -> None:
    ask(mock, "GET", "/nothing")
    ask(mock, "GET", "/line%0Abreak")
    assert told(mock, "GET", "/requests")["total"] == 0


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("DELETE", "/health", {"GET", "HEAD"}),
        ("POST", "/worlds/demo", {"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
        ("GET", "/reset", {"POST"}),
        ("PUT", "/requests", {"GET", "HEAD", "DELETE"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(mock: Mock, method: str, path: str, allow: set[str]) -> None:
    reply = ask(mock, method, path)
    assert reply.status_code == 405
    assert f", not {method}. `aiimage-mock spec --control` prints" in reply.json()["message"]
    assert set(reply.headers["allow"].split(", ")) == allow


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"\x00",
        b'"\\ud800"',
        b'{"credits": 1e999}',
        b"[" * 100_000,
        b"1" * 5_000,
        b'{"credits": 1} x',
        b"null",
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/worlds/demo"),
        ("POST", "/worlds/demo/clock"),
        ("PUT", "/worlds/demo/faults"),
        ("PUT", "/worlds/demo/scenario"),
        ("POST", "/reset"),
        ("PUT", "/snapshot"),
    ],
)
def test_whatever_bytes_come_are_refused_in_words(mock: Mock, method: str, path: str, body: bytes) -> None:
    reply = ask(mock, method, path, content=body)
    assert reply.status_code == 422
    assert reply.json()["message"].startswith("The body is not understood: ")


@pytest.mark.parametrize("path", ["/worlds/demo", "/worlds/demo/scenario"])
def test_a_body_may_have_one_mebibyte(mock: Mock, path: str) -> None:
    assert ask(mock, "PUT", path, content=b"{}" + b" " * (2**20 - 2)).status_code == 200
    reply = ask(mock, "PUT", path, content=b"{}" + b" " * (2**20 - 1))
    assert (reply.status_code, reply.json()) == (413, {"message": "The body is larger than 1048576 bytes."})


def test_a_body_beyond_any_size_is_refused_before_it_has_all_come(mock: Mock) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while True:
            sent += 1
            yield b" " * 65_536

    assert ask(mock, "PATCH", "/worlds/demo", content=endless()).status_code == 413
    assert sent <= 18


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "nonsense"])
def test_a_body_is_json_whatever_it_is_called(mock: Mock, kind: str) -> None:
    reply = ask(mock, "PATCH", "/worlds/demo", content=b'{"credits": 3}', headers={"Content-Type": kind})
    assert reply.json()["credits"] == 3


def test_every_setting_is_shown_as_it_is_and_as_it_would_be(mock: Mock) -> None:
    shown = {each["name"]: each for each in told(mock, "GET", "/behaviour")}
    assert shown["lock_seconds"] == {
        "name": "lock_seconds",
        "value": 10,
        "default": 10,
        "takes": "number > 0",
        "source": "doc",
        "rule": "LOCK-10S",
    }
    assert shown["max_worlds"]["rule"] is None


def test_head_is_answered_as_get_without_a_body(mock: Mock) -> None:
    for path in ("/health", "/worlds/demo", "/requests", "/events", "/snapshot"):
        assert ask(mock, "HEAD", path).status_code == 200
