"""The files of the page."""

from pathlib import Path

import pytest

from mock_server import dashboard
from support.mock import Mock

STATIC = Path(dashboard.__file__).parent / "static"
FILES = sorted(path.name for path in STATIC.iterdir())
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_as_what_it_is(mock: Mock, name: str) -> None:
    reply = mock.call("GET", f"/_mock/static/{name}", None)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == TYPES[Path(name).suffix]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.content == (STATIC / name).read_bytes()


def test_a_browser_that_has_a_file_is_told_so(mock: Mock) -> None:
    first = mock.call("GET", "/_mock/static/page.js", None)
    assert first.headers["cache-control"] == "no-cache"
    again = mock.call(
        "GET", "/_mock/static/page.js", None, headers={"if-none-match": f'W/"x", {first.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = mock.call("GET", "/_mock/static/api.js", None, headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_head_tells_of_a_file_without_it(mock: Mock) -> None:
    reply = mock.call("HEAD", "/_mock/static/page.js", None)
    assert int(reply.headers["content-length"]) == (STATIC / "page.js").stat().st_size


@pytest.mark.parametrize(
    "path",
    [
        "nothing.js",
        "",
        ".",
        "..%2fpages.py",
        "%2e%2e/pages.py",
        "..%2f..%2fapp.py",
        "%2fetc%2fpasswd",
        "page.js%00",
        "page.js/",
        "PAGE.JS",
        "sub/page.js",
        "%2e%2e/worlds",
    ],
)
def test_nothing_but_the_files_is_served(mock: Mock, path: str) -> None:
    reply = mock.call("GET", f"/_mock/static/{path}", None)
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/json"


def test_a_file_is_only_read(mock: Mock) -> None:
    assert mock.call("POST", "/_mock/static/page.js", None).status_code == 405


def test_every_module_is_short() -> None:
    for path in STATIC.glob("*.js"):
        assert len(path.read_text().splitlines()) < 250, path.name
