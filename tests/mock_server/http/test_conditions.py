"""Pictures as files of a web server: validators, conditional requests, ranges."""

from email.utils import parsedate_to_datetime

import httpx
import pytest

from support.mock import Mock

OLD, LATER = "Thu, 01 Jan 1998 00:00:00 GMT", "Tue, 01 Jan 2999 00:00:00 GMT"


@pytest.fixture
def address(mock: Mock) -> str:
    return f"/{mock.generate().json()['images'][0]['output']}"


@pytest.fixture
def whole(mock: Mock, address: str) -> httpx.Response:
    return mock.call("GET", address, None)


def fetch(mock: Mock, address: str, method: str = "GET", **headers: str) -> httpx.Response:
    return mock.call(method, address, None, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_picture_has_validators_and_takes_ranges(whole: httpx.Response) -> None:
    assert whole.headers["etag"].startswith('"')  # RFC 9110, 8.8.3: strong, since a picture is the same at each fetch
    assert whole.headers["accept-ranges"] == "bytes"
    assert parsedate_to_datetime(whole.headers["last-modified"]).tzinfo


def test_two_pictures_have_two_tags_and_one_picture_keeps_its_own(mock: Mock, address: str) -> None:
    other = f"/{mock.generate(description='another').json()['images'][0]['output']}"
    tags = [fetch(mock, each).headers["etag"] for each in (address, address, other)]
    assert (tags[0] == tags[1], tags[0] == tags[2]) == (True, False)


def test_a_picture_was_not_changed_in_the_future(mock: Mock) -> None:
    mock.call("POST", "/_mock/worlds/demo/clock", None, json={"advance": 86_400})  # RFC 9110, 8.8.2.1
    address = f"/{mock.generate().json()['images'][0]['output']}"
    changed = parsedate_to_datetime(fetch(mock, address).headers["last-modified"]).timestamp()
    assert changed <= mock.clock.now() / 1_000_000


def test_head_has_the_headers_of_get_and_no_body(mock: Mock, address: str, whole: httpx.Response) -> None:
    head = fetch(mock, address, "HEAD")
    assert head.status_code == 200
    unequal = {"x-mock-request-id", "date"}
    assert {name: value for name, value in head.headers.items() if name not in unequal} == {
        name: value for name, value in whole.headers.items() if name not in unequal
    }


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("If-None-Match", "{tag}", 304),
        ("If-None-Match", "W/{tag}", 304),  # weak comparison
        ("If-None-Match", '"other", {tag}', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"other"', 200),
        ("If-None-Match", "", 200),
        ("If-Modified-Since", "{date}", 304),
        ("If-Modified-Since", LATER, 304),
        ("If-Modified-Since", OLD, 200),
        ("If-Modified-Since", "yesterday", 200),  # 13.1.3: a date that cannot be read is ignored
        ("If-Match", "{tag}", 200),
        ("If-Match", "*", 200),
        ("If-Match", "W/{tag}", 412),  # strong comparison
        ("If-Match", '"other"', 412),
        ("If-Unmodified-Since", "{date}", 200),
        ("If-Unmodified-Since", OLD, 412),
        ("If-Unmodified-Since", "never", 200),
    ],
)
def test_a_conditional_request_is_answered_by_the_validators(
    mock: Mock, address: str, whole: httpx.Response, name: str, value: str, status: int
) -> None:
    sent = value.format(tag=whole.headers["etag"], date=whole.headers["last-modified"])
    for method in ("GET", "HEAD"):
        reply = fetch(mock, address, method, **{name: sent})
        assert reply.status_code == status
        assert reply.headers["etag"] == whole.headers["etag"]  # 15.4.5
        assert status == 200 or not reply.content


def test_a_tag_precedes_a_date(mock: Mock, address: str, whole: httpx.Response) -> None:
    # RFC 9110, 13.2.2
    assert fetch(mock, address, If_None_Match='"other"', If_Modified_Since=LATER).status_code == 200
    assert fetch(mock, address, If_Match=whole.headers["etag"], If_Unmodified_Since=OLD).status_code == 200
    assert fetch(mock, address, If_Match='"other"', If_None_Match=whole.headers["etag"]).status_code == 412


def test_tags_on_several_lines_are_one_list(mock: Mock, address: str, whole: httpx.Response) -> None:
    lines = [("If-None-Match", '"other"'), ("If-None-Match", whole.headers["etag"])]
    reply = mock.run(lambda: mock.http.request("GET", address, headers=lines))
    assert reply.status_code == 304


@pytest.mark.parametrize(
    ("asked", "first", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=100-199", 100, 200),
        ("bytes=100-", 100, None),
        ("bytes=-100", -100, None),
        ("bytes=0-", 0, None),
        ("BYTES=0-9", 0, 10),
        ("bytes=0-99999999", 0, None),
        ("bytes=-99999999", 0, None),
    ],
)
def test_a_range_is_206_with_its_place(
    mock: Mock, address: str, whole: httpx.Response, asked: str, first: int, end: int | None
) -> None:
    reply = fetch(mock, address, Range=asked)
    expected = whole.content[first:end]
    length = len(whole.content)
    first = first % length if first < 0 else first
    assert (reply.status_code, reply.content) == (206, expected)
    assert reply.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{length}"
    assert reply.headers["content-length"] == str(len(expected))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=99999999-999999999", "bytes=-0"])
def test_a_range_beyond_the_picture_is_416_with_its_length(
    mock: Mock, address: str, whole: httpx.Response, asked: str
) -> None:
    reply = fetch(mock, address, Range=asked)
    assert (reply.status_code, reply.headers["content-range"]) == (416, f"bytes */{len(whole.content)}")


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2",
        "bytes=a-b",
        "bytes=-",
        "lines=0-1",
        "0-1",
        "bytes=0-1,5-6",
        "bytes=\u0660-\u0661",
        "bytes=" + "9" * 99,
    ],
)
def test_a_range_that_cannot_be_read_or_is_several_gets_the_whole_picture(
    mock: Mock, address: str, whole: httpx.Response, asked: str
) -> None:
    # RFC 9110, 14.2: a server may ignore it.
    reply = mock.call("GET", address, None, headers={"Range": asked.encode()})
    assert (reply.status_code, reply.content) == (200, whole.content)


def test_a_range_of_a_head_request_is_ignored(mock: Mock, address: str) -> None:
    assert fetch(mock, address, "HEAD", Range="bytes=0-1").status_code == 200


@pytest.mark.parametrize(
    ("value", "status"), [("{tag}", 206), ("{date}", 206), ('"other"', 200), (OLD, 200), ("W/{tag}", 200)]
)
def test_a_range_applies_only_to_the_version_that_the_client_has(
    mock: Mock, address: str, whole: httpx.Response, value: str, status: int
) -> None:
    sent = value.format(tag=whole.headers["etag"], date=whole.headers["last-modified"])
    assert fetch(mock, address, Range="bytes=0-1", If_Range=sent).status_code == status


def test_an_unknown_picture_is_404_whatever_the_conditions(mock: Mock) -> None:
    assert fetch(mock, "/uploads/nothing.png", If_None_Match="*", Range="bytes=0-1").status_code == 404


def test_a_conditional_request_is_in_the_journal_with_its_status(
    mock: Mock, address: str, whole: httpx.Response
) -> None:
    assert fetch(mock, address, If_None_Match=whole.headers["etag"]).status_code == 304
    statuses = [
        each["status"] for each in mock.call("GET", "/_mock/requests?operation=getPicture", None).json()["requests"]
    ]
    assert statuses == [304, 200]
