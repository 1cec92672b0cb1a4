"""The served page and its login."""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mock_server import dashboard, resources
from mock_server.app import contract
from mock_server.configuration import Settings, read_accounts
from mock_server.contract import compile_contract, read_yaml
from mock_server.control.page_data import page_data
from mock_server.domain.accounts import Account, Accounts, world_name
from support.extension import ENGINE, SCHEMA, extended
from support.mock import Mock, Start, behaviour, settings

STATIC = Path(dashboard.__file__).parent / "static"
FILES = sorted(path.name for path in STATIC.iterdir())
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
ADMIN = "s3cret"
CALLS = ("/_mock/worlds", "/_mock/requests", "/_mock/snapshot", "/_mock/faults", "/_mock/worlds/demo/images")


@pytest.fixture
def guarded(start: Start) -> Mock:
    return start(settings(host="0.0.0.0", admin_token=ADMIN))


def get(mock: Mock, path: str = "/_mock/", **headers: str) -> httpx.Response:
    return mock.call("GET", path, None, headers=headers)


def log_in(mock: Mock, token: str = ADMIN, **headers: str) -> httpx.Response:
    return mock.call("POST", "/_mock/login", None, data={"token": token}, headers=headers)


def cookie(reply: httpx.Response) -> str:
    return reply.headers["set-cookie"].partition(";")[0]


ON_DEMAND = """
import sys
from support.mock import Mock

mock = Mock()
for path in ("/_mock/health", "/_mock/worlds", "/_mock/"):
    assert mock.call("GET", path, None).status_code == 200
    print(*("jinja2" in sys.modules, "mock_server.dashboard" in sys.modules))
"""


def test_the_page_is_loaded_on_first_use() -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (root, root / "tests")))}
    loaded = subprocess.check_output([sys.executable, "-c", ON_DEMAND], text=True, env=environment)
    assert loaded.splitlines() == ["False False", "False False", "True True"]


def test_the_page_is_html_and_never_cached(mock: Mock) -> None:
    reply = get(mock)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/_mock/", "/_mock/login"])
def test_a_page_loads_nothing_from_elsewhere_and_has_no_inline_code(guarded: Mock, mock: Mock, path: str) -> None:
    for each in (guarded, mock):
        reply = each.call("POST" if path.endswith("login") else "GET", path, None)
        policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in reply.headers["content-security-policy"]
        assert (
            re.findall(r"<script(?! type=\"module\" src=\"static/)|<style| style=| on[a-z]+=|javascript:", reply.text)
            == []
        )
        assert re.findall(r"(?:src|href|action)=\"(?:https?:)?//", reply.text) == []


def test_every_file_of_the_page_exists(mock: Mock) -> None:
    named = re.findall(r"(?:src|href)=\"(static/[^\"]+)\"", get(mock).text)
    assert len(named) > 3
    for path in named:
        assert get(mock, f"/_mock/{path}").status_code == 200


def test_the_path_without_a_slash_redirects_to_the_page(mock: Mock) -> None:
    reply = get(mock, "/_mock")
    assert (reply.status_code, reply.headers["location"]) == (307, "/_mock/")


def test_the_page_is_off_without_the_control_api(start: Start) -> None:
    for served in (settings(control=False), settings(host="0.0.0.0")):
        for path in ("/_mock", "/_mock/", "/_mock/login", "/_mock/static/page.js"):
            assert get(start(served), path).status_code == 404


def test_the_page_offers_the_ready_made_accounts_by_name(mock: Mock) -> None:
    text = get(mock).text
    assert f'<option value="{world_name("demo-low")}" data-token="demo-low" data-credits="2">demo-low</option>' in text
    assert "demo-invalid" not in text


def test_an_accounts_file_cannot_inject_markup(start: Start) -> None:
    token = '"><script>alert(1)</script>'
    text = get(start(Settings(Accounts({token: Account(1, 1)}, Account(2, 2)), behaviour()))).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_a_closed_server_offers_no_token_field(start: Start) -> None:
    accounts = read_accounts(resources.ACCOUNTS, contract(), closed=True)
    assert "Your token" not in get(start(Settings(accounts, behaviour()))).text


def test_the_page_is_for_this_machine_only(mock: Mock) -> None:
    for path in ("/_mock/", "/_mock/login", "/_mock/static/page.js"):
        assert get(mock, path, host="example.com").status_code == 421


def test_a_page_of_another_site_cannot_log_in_or_out(guarded: Mock) -> None:
    assert log_in(guarded, origin="https://example.com").status_code == 403
    assert guarded.call("POST", "/_mock/logout", None, headers={"origin": "https://example.com"}).status_code == 403


def test_an_unauthenticated_request_gets_only_the_login(guarded: Mock) -> None:
    reply = get(guarded)
    assert reply.status_code == 200
    assert "Admin token" in reply.text
    assert "demo" not in reply.text
    assert {get(guarded, path).status_code for path in CALLS} == {401}
    assert get(guarded, "/_mock/static/base.css").status_code == 200


def test_the_login_form_sends_its_origin(guarded: Mock) -> None:
    assert get(guarded).headers["referrer-policy"] == "same-origin"  # with no-referrer its Origin would be null
    assert log_in(guarded, origin="http://127.0.0.1").status_code == 303


def test_the_admin_token_logs_in(guarded: Mock) -> None:
    reply = log_in(guarded)
    assert (reply.status_code, reply.headers["location"]) == (303, "/_mock/")
    attributes = set(reply.headers["set-cookie"].split("; ")[1:])
    assert attributes == {"HttpOnly", "Path=/_mock", "SameSite=strict"}
    assert ADMIN not in reply.headers["set-cookie"]
    assert "demo-low" in get(guarded, cookie=cookie(reply)).text
    assert {get(guarded, path, cookie=cookie(reply)).status_code for path in CALLS} == {200}
    assert log_in(guarded).headers["set-cookie"] != reply.headers["set-cookie"]


def test_a_session_can_change_everything(guarded: Mock) -> None:
    headers = {"cookie": cookie(log_in(guarded))}
    assert guarded.call("PATCH", "/_mock/worlds/demo", None, json={"credits": 1}, headers=headers).status_code == 200
    headers["origin"] = "https://example.com"
    assert guarded.call("PATCH", "/_mock/worlds/demo", None, json={"credits": 2}, headers=headers).status_code == 403


@pytest.mark.parametrize("token", ["", "wrong", "s3cret ", "é"])
def test_a_wrong_admin_token_is_refused(guarded: Mock, token: str) -> None:
    reply = log_in(guarded, token)
    assert reply.status_code == 401
    assert "Wrong admin token." in reply.text
    assert "set-cookie" not in reply.headers
    assert reply.headers["content-type"].startswith("text/html")


def test_an_invalid_login_is_refused(guarded: Mock) -> None:
    assert guarded.call("POST", "/_mock/login", None, content=b"\xff\xfe&&&=").status_code == 401
    assert guarded.call("POST", "/_mock/login", None, content=b"token=" + b"x" * 9_000).status_code == 413
    assert guarded.call("PUT", "/_mock/login", None).status_code == 405


def test_a_session_ends_with_the_logout(guarded: Mock) -> None:
    reply = guarded.call("POST", "/_mock/logout", None, headers={"cookie": cookie(log_in(guarded))})
    assert reply.status_code == 303
    assert reply.headers["set-cookie"].startswith('aiimage_mock_session="";')
    assert "Max-Age=0" in reply.headers["set-cookie"]


def test_a_session_of_another_admin_token_has_ended(guarded: Mock, start: Start) -> None:
    session = cookie(log_in(start(settings(admin_token="another")), "another"))
    reply = get(guarded, cookie=session)
    assert "The session has ended." in reply.text
    assert "demo" not in reply.text


def test_there_is_no_login_without_an_admin_token(mock: Mock) -> None:
    assert "Log out" not in get(mock).text
    assert log_in(mock).status_code == 401
    assert (get(mock, "/_mock/login").status_code, get(mock, "/_mock/login").headers["location"]) == (303, "/_mock/")


def test_every_part_used_by_a_module_is_in_the_page(mock: Mock) -> None:
    text = get(mock).text
    there = set(re.findall(r'data-part="([\w-]+)"', text)) | {"applied", "word", "reason", "links"}
    for path in STATIC.glob("*.js"):
        assert set(re.findall(r'part\([\w.]+, "([\w-]+)"\)', path.read_text())) <= there


def test_no_module_creates_markup_from_text() -> None:
    for path in STATIC.glob("*.js"):
        found = re.findall(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", path.read_text()
        )
        assert found == [], path.name


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_served_with_its_type(mock: Mock, name: str) -> None:
    reply = mock.call("GET", f"/_mock/static/{name}", None)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == TYPES[Path(name).suffix]
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.content == (STATIC / name).read_bytes()


def test_a_browser_asks_for_no_file_of_the_page_twice(mock: Mock) -> None:
    named = re.findall(r"(?:src|href)=\"(static/[^\"]+)\"", get(mock).text)
    assert {name.rpartition("/")[2] for name in named} == set(FILES) - {"login.js"}
    for name in named:
        assert get(mock, f"/_mock/{name}").headers["cache-control"] == "max-age=31536000, immutable"
    tag = named[0].split("/")[1]
    assert get(mock, f"/_mock/{named[0].replace(tag, '0' * len(tag))}").status_code == 404


def test_a_cached_file_gets_a_304(mock: Mock) -> None:
    first = mock.call("GET", "/_mock/static/page.js", None)
    assert first.headers["cache-control"] == "no-cache"
    again = mock.call(
        "GET", "/_mock/static/page.js", None, headers={"if-none-match": f'W/"x", {first.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    other = mock.call("GET", "/_mock/static/api.js", None, headers={"if-none-match": first.headers["etag"]})
    assert other.status_code == 200


def test_head_of_a_file_is_supported(mock: Mock) -> None:
    reply = mock.call("HEAD", "/_mock/static/page.js", None, headers={"accept-encoding": "identity"})
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


def test_an_engine_of_the_document_alone_has_its_form(start: Start) -> None:
    text = get(start(contract=compile_contract(extended(read_yaml(resources.DOCUMENT))))).text
    form = text.split(f'<fieldset data-engine="{ENGINE}"')[1].split("</fieldset>")[0]
    names = re.findall(r'<(?:input|select) name="(\w+)"', form)
    assert {*names, "image_generator"} == {*SCHEMA["properties"]}
    assert re.findall(r"<option>(\w+)</option>", form) == ["96x64", "64x96", "polar", "ember"]


def test_no_engine_and_no_field_is_named_in_a_file_of_the_page() -> None:
    operation = next(each for each in contract().operations if each.parameters)
    assert operation.parameters is not None
    fields = {name for variant in operation.parameters.variants() for name in variant.properties if "_" in name}
    engines = page_data(read_accounts(resources.ACCOUNTS, contract()), behaviour(), contract(), 1.5).engines
    for path in [*STATIC.iterdir(), *(STATIC.parent / "templates").iterdir()]:
        text = path.read_text()
        assert [each for each in [*fields, *(engine.name for engine in engines)] if each in text] == [], path.name


@pytest.mark.parametrize("to", ["/_mock/docs", "/_mock/worlds/demo"])
def test_a_browser_without_a_session_is_led_to_the_login_and_back(guarded: Mock, to: str) -> None:
    asked = guarded.call("GET", to, None, headers={"accept": "text/html,*/*", "sec-fetch-mode": "navigate"})
    assert asked.status_code == 303
    form = guarded.call("GET", asked.headers["location"], None)
    assert (form.status_code, f'name="to" value="{to}"' in form.text) == (200, True)
    done = guarded.call("POST", "/_mock/login", None, data={"token": ADMIN, "to": to})
    assert (done.status_code, done.headers["location"]) == (303, to)


@pytest.mark.parametrize("to", ["//example.com", "https://example.com", "/", "/_mock/..\\x", "javascript:1", ""])
def test_a_login_leads_nowhere_else(guarded: Mock, to: str) -> None:
    assert 'name="to" value="/_mock/"' in guarded.call("GET", "/_mock/login", None, params={"to": to}).text
    done = guarded.call("POST", "/_mock/login", None, data={"token": ADMIN, "to": to})
    assert done.headers["location"] == "/_mock/"


def test_a_program_without_the_token_gets_json(guarded: Mock) -> None:
    assert guarded.call("GET", "/_mock/docs", None).status_code == 401
    asked = guarded.call("GET", "/_mock/worlds", None, headers={"accept": "text/html", "sec-fetch-mode": "cors"})
    assert asked.status_code == 401
