"""Authentication of the control API."""

from typing import Any

import pytest
from starlette.datastructures import Headers

from mock_server import resources
from mock_server.contract import read_yaml
from mock_server.control import Auth, cookie_name
from support.control import control_call
from support.mock import Mock, Start, settings

PATHS: dict[str, Any] = read_yaml(resources.CONTROL)["paths"]
CALLS = [
    (method.upper(), path.removeprefix("/_mock").format(token="demo", id="1", title="fox.png"))
    for path, item in PATHS.items()
    for method in item
    if method in ("get", "put", "post", "patch", "delete")
]
ADMIN = "s3cret"


def session(auth: Auth, token: str = ADMIN) -> str:
    made = auth.create_session(token)
    assert made is not None
    return made


def by_cookie(value: str, **headers: str) -> Headers:
    return Headers({"cookie": f"other=1; {cookie_name(Headers(headers))}={value}; more={{}}", **headers})


def test_every_request_is_allowed_without_an_admin_token() -> None:
    auth = Auth(None)
    assert auth.allows(Headers({}))
    assert not auth.required
    assert auth.create_session("anything") is None


def test_a_session_is_accepted_and_does_not_contain_the_token() -> None:
    auth = Auth(ADMIN)
    made = session(auth)
    assert auth.allows(by_cookie(made))
    assert ADMIN not in made


def test_every_process_with_the_same_admin_token_accepts_a_session() -> None:
    assert Auth(ADMIN).allows(by_cookie(session(Auth(ADMIN))))
    assert not Auth("another").allows(by_cookie(session(Auth(ADMIN))))


def test_sessions_are_unique() -> None:
    auth = Auth(ADMIN)
    assert session(auth) != session(auth)


@pytest.mark.parametrize("token", ["", "s3cre", "s3cret ", "S3CRET", "gehéim"])
def test_a_wrong_token_gets_no_session(token: str) -> None:
    assert Auth(ADMIN).create_session(token) is None


def test_a_forged_session_is_refused() -> None:
    auth = Auth(ADMIN)
    number, _, signature = session(auth).partition(".")
    for value in (
        "",
        ".",
        ADMIN,
        number,
        f"{number}.",
        f"{number}.{signature[:-1]}",
        f"0{number[1:]}x.{signature}",
        "é.é",
    ):
        assert not auth.allows(by_cookie(value))


def test_a_wrong_header_is_refused_despite_a_session() -> None:
    auth = Auth(ADMIN)
    assert not auth.allows(by_cookie(session(auth), authorization="Bearer wrong"))


def test_each_port_of_a_host_has_its_own_session_cookie() -> None:
    hosts = ("localhost:8010", "localhost:8011", "localhost", "[::1]:8010", "[::1]", "mock.example:x=1;")
    names = [cookie_name(Headers({"host": host})) for host in hosts]
    assert names == [f"aiimage_mock_session{port}" for port in ("_8010", "_8011", "", "_8010", "", "")]
    auth = Auth(ADMIN)
    assert all(auth.allows(by_cookie(session(auth), host=host)) for host in hosts)


def test_an_admin_token_beyond_ascii_gets_a_session() -> None:
    auth = Auth("geheim-é")
    assert auth.allows(by_cookie(session(auth, "geheim-é")))


@pytest.fixture
def guarded(start: Start) -> Mock:
    """A mock that other machines can reach, with an admin token."""
    return start(settings(host="0.0.0.0", admin_token=ADMIN))


@pytest.mark.parametrize("given", [None, "Bearer s3cre", "Bearer s3cret2", "Bearer", "s3cret", "Basic s3cret", "é"])
def test_every_call_requires_the_admin_token(guarded: Mock, given: str | None) -> None:
    headers = {} if given is None else {"Authorization": given.encode("latin-1")}
    for method, path in CALLS:
        reply = control_call(guarded, method, path, headers=headers)
        assert reply.status_code == (200 if path == "/health" else 401)
        assert ADMIN not in reply.text


def test_every_call_accepts_the_admin_token(guarded: Mock) -> None:
    for method, path in CALLS:
        if path != "/events":
            reply = control_call(guarded, method, path, headers={"Authorization": f"Bearer {ADMIN}"})
            assert reply.status_code in (200, 404, 422)


def test_health_requires_no_token(guarded: Mock) -> None:
    assert control_call(guarded, "GET", "/health").status_code == 200
    assert control_call(guarded, "HEAD", "/health").status_code == 200


@pytest.mark.parametrize(
    "path", ["/health/", "//health", "/%68ealth", "/health%2F..%2Fworlds", "/Health", "/worlds/health"]
)
def test_paths_similar_to_health_are_guarded(guarded: Mock, path: str) -> None:
    assert control_call(guarded, "GET", path).status_code in (401, 404)


def test_an_admin_token_may_be_any_text(start: Start) -> None:
    mock = start(settings(admin_token="géheim"))
    assert control_call(mock, "GET", "/worlds", headers={"Authorization": "Bearer géheim".encode()}).status_code == 200
    assert control_call(mock, "GET", "/worlds", headers={"Authorization": "Bearer geheim"}).status_code == 401


def test_the_admin_token_is_compared_in_constant_time(guarded: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(given: bytes, expected: bytes) -> bool:
        compared.append((given, expected))
        return False

    monkeypatch.setattr("mock_server.control.auth.secrets.compare_digest", compare)
    control_call(guarded, "GET", "/worlds", headers={"Authorization": "Bearer wrong"})
    assert compared == [(b"Bearer wrong", b"Bearer s3cret")]


def test_the_admin_token_is_not_a_token_of_the_emulated_api(guarded: Mock) -> None:
    control_call(guarded, "GET", "/worlds", headers={"Authorization": f"Bearer {ADMIN}"})
    shown = control_call(guarded, "GET", "/requests", headers={"Authorization": f"Bearer {ADMIN}"})
    assert shown.json() == {"requests": [], "total": 0, "in_progress": []}


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "localhost.example.com:8010"])
def test_every_call_on_loopback_refuses_a_foreign_host(mock: Mock, host: str) -> None:
    for method, path in CALLS:
        reply = control_call(mock, method, path, headers={"Host": host})
        assert reply.status_code == 421
        assert host in reply.json()["message"]


@pytest.mark.parametrize(
    "host", ["", "@127.0.0.1:x", "[::1", "[]", "128.0.0.1", "0.0.0.0", "127.1", "2130706433", "a" * 500]
)
def test_a_doubtful_host_is_refused(mock: Mock, host: str) -> None:
    assert control_call(mock, "GET", "/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8010", "127.0.0.1:8010", "127.8.9.10", "[::1]:8010", "mock.localhost:8010"]
)
def test_every_name_of_this_machine_is_accepted(mock: Mock, host: str) -> None:
    assert control_call(mock, "GET", "/health", headers={"Host": host}).status_code == 200


def test_any_host_is_accepted_beyond_loopback(guarded: Mock) -> None:
    assert control_call(guarded, "GET", "/health", headers={"Host": "mock.example.com"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.com"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_cannot_change_anything(mock: Mock, headers: dict[str, str]) -> None:
    mock.generate()
    for method, path in CALLS:
        if method != "GET":
            assert control_call(mock, method, path, headers=headers).status_code == 403
    assert mock.world()["credits"] == 99


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1"},
        {"Origin": "http://LOCALHOST:8010", "Host": "localhost:8010"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_the_servers_own_page_can_change_everything(mock: Mock, headers: dict[str, str]) -> None:
    assert control_call(mock, "PATCH", "/worlds/demo", json={"credits": 1}, headers=headers).status_code == 200


def test_no_response_allows_cross_origin_reads(mock: Mock) -> None:
    reply = control_call(mock, "GET", "/worlds", headers={"Origin": "https://example.com"})
    assert [name for name in reply.headers if name.startswith("access-control")] == []


def test_the_control_api_is_off_beyond_loopback_without_an_admin_token(start: Start) -> None:
    mock = start(settings(host="0.0.0.0"))
    for method, path in CALLS:
        assert control_call(mock, method, path).status_code == 404


def test_the_control_api_can_be_switched_off(start: Start) -> None:
    assert control_call(start(settings(control=False, admin_token=ADMIN)), "GET", "/health").status_code == 404
