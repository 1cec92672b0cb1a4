"""A trailing slash behind a path of the API, as the framework or its web server answers it."""

import pytest

from support.mock import DALL_E, PREFIX, Mock, Start, behaviour, settings

VERSIONS, GENERATE = f"{PREFIX}/versions", f"{PREFIX}/generate-image"


def with_slash(start: Start, value: str) -> Mock:
    return start(settings(behaves=behaviour(trailing_slash=value)))


@pytest.mark.parametrize("slashes", ["/", "//", "/?a=b"])
def test_it_is_ignored_by_default_as_by_the_router_of_laravel(mock: Mock, slashes: str) -> None:
    assert mock.call("GET", VERSIONS + slashes).json() == mock.call("GET", VERSIONS).json()
    assert mock.call("POST", GENERATE + slashes, json=dict(DALL_E)).status_code == 200
    assert mock.call("GET", VERSIONS + slashes, None).status_code == 401
    assert mock.call("DELETE", VERSIONS + slashes).status_code == 405
    entry = mock.call("GET", "/_mock/requests", None).json()["requests"][-1]
    assert (entry["operation"], entry["path"]) == ("getVersions", VERSIONS + slashes.partition("?")[0])


def test_it_can_be_redirected_as_by_its_rules_for_apache(start: Start) -> None:
    mock = with_slash(start, "redirected")
    for method in ("GET", "POST"):
        reply = mock.call(method, f"{VERSIONS}/?a=b%20c")
        assert (reply.status_code, reply.headers["location"]) == (301, f"{VERSIONS}?a=b%20c")
    assert mock.call("GET", "/nowhere/").status_code == 404
    assert [each["status"] for each in mock.call("GET", "/_mock/requests", None).json()["requests"]] == [404, 301, 301]


def test_it_can_be_unknown(start: Start) -> None:
    mock = with_slash(start, "unknown")
    assert mock.call("GET", f"{VERSIONS}/").status_code == 404


@pytest.mark.parametrize("path", ["/uploads/", "/api/v1/aiimage/", "//api/v1/aiimage/versions", "/versions/"])
def test_a_path_that_is_unknown_without_it_stays_unknown(mock: Mock, path: str) -> None:
    assert mock.call("GET", f"http://127.0.0.1{path}").status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_root_leads_to_the_page(mock: Mock, method: str) -> None:
    reply = mock.call(method, "/", None)
    assert (reply.status_code, reply.headers["location"]) == (307, "/_mock/")
    assert mock.call("POST", "/", None).status_code == 404


def test_the_root_is_unknown_where_there_is_no_page(start: Start) -> None:
    assert start(settings(control=False)).call("GET", "/", None).status_code == 404
